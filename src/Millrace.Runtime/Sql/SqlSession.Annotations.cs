using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Runtime.Streaming;
using Millrace.Sdk;
using Millrace.Sql.Parsing;

namespace Millrace.Runtime.Sql;

/// <summary>What annotations make of a statement.</summary>
public sealed partial class SqlSession
{
    // Name of the job of statements that have none.
    private const string JobName = "sql";

    /// <summary>The pipeline of a statement that writes, as its annotations want it.</summary>
    private Pipeline Annotated(Pipeline pipeline, StatementAnnotations annotations)
    {
        if (annotations is { Partitioning: PartitioningStrategy.FanIn, Partitions: > 1 and var lanes })
        {
            throw SqlErrors.BadDefinition.Error($"The partitioning strategy fanin is one lane, and num_partitions is {lanes}.", null, "Leave one of the two annotations out.");
        }

        return Dealt(Plain(pipeline, annotations), annotations);
    }

    private static Pipeline Dealt(Pipeline pipeline, StatementAnnotations annotations)
    {
        if (annotations.Partitioning is not { } strategy || pipeline.Query is null)
        {
            return pipeline;
        }

        StreamingQuery query = pipeline.Query with { Settings = pipeline.Query.Settings with { Dealing = strategy } };
        return pipeline with { Query = query, Source = StreamConnector.Endpoint(query) };
    }

    private Pipeline Plain(Pipeline pipeline, StatementAnnotations annotations) => pipeline with
    {
        Job = annotations.Name ?? pipeline.Job,
        JobVersion = annotations.Version ?? pipeline.JobVersion,
        Batch = BatchOf(annotations, resumes: pipeline.Query is not null) ?? pipeline.Batch,
        BatchIsHint = pipeline.BatchIsHint || pipeline.Batch is null,
        Threads = pipeline.Query is null ? pipeline.Threads : annotations.Lanes ?? pipeline.Threads,
        LeastGuarantee = annotations.JobMode == JobMode.Transactional ? DeliveryGuarantee.ExactlyOnce : pipeline.LeastGuarantee,
        RowMetrics = annotations.ActiveMetrics.Count == 0 ? null : new RowMetricsPlan(annotations.ActiveMetrics, Functions, Evaluation()),
    };

    // A query that ends gives its rows again when it is run again, so what has to arrive once is committed at once.
    private static BatchSpec? BatchOf(StatementAnnotations annotations, bool resumes) => (annotations.JobMode, annotations.BatchSize) switch
    {
        (JobMode.Transactional, not null) when !resumes => null,
        (not JobMode.Adaptive, null) => null,
        (JobMode.Adaptive, var most) => new BatchSpec { Strategy = BatchStrategy.AdaptiveSize, MaxSize = most },
        (_, var rows) => new BatchSpec { Strategy = BatchStrategy.FixedSize, Size = rows },
    };

    /// <summary>The metrics of a query whose rows go to a reader; null for none.</summary>
    private async ValueTask<RowMetrics?> MetricsOfAsync(StatementAnnotations annotations, Schema schema, CancellationToken cancellation)
    {
        if (annotations.ActiveMetrics.Count == 0)
        {
            return null;
        }

        var context = new RowMetricsContext
        {
            Tags = [new(Metrics.Tenant, "default"), new(Metrics.Job, annotations.Name ?? JobName)],
            Functions = Functions,
            Evaluation = Evaluation(),
            Note = Note,
        };
        return await RowMetrics.OpenAsync(annotations.ActiveMetrics, schema, context, cancellation).ConfigureAwait(false);
    }

    // A batch counts when its reader asks for it.
    private static async IAsyncEnumerable<RecordBatch> MeasuredAsync(IAsyncEnumerable<RecordBatch> rows, RowMetrics metrics, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (RecordBatch batch in rows.WithCancellation(cancellation).ConfigureAwait(false))
        {
            metrics.Add(batch);
            metrics.Commit();
            yield return batch;
        }
    }
}
