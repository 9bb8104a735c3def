using Millrace.Columnar;
using Millrace.Sql.Execution;
using Millrace.Sql.Parsing;
using FunctionTable = Millrace.Sql.Functions.FunctionTable;

namespace Millrace.Runtime;

/// <summary>The metrics of a run's rows, before the columns of the rows are known.</summary>
/// <param name="Metrics">The metrics.</param>
/// <param name="Functions">What they can call.</param>
/// <param name="Evaluation">Time and zone of their conditions.</param>
internal sealed record RowMetricsPlan(IReadOnlyList<MetricAnnotation> Metrics, FunctionTable Functions, EvaluationContext Evaluation)
{
    public ValueTask<RowMetrics> OpenAsync(Schema schema, RunScope run, CancellationToken cancellation)
        => RowMetrics.OpenAsync(Metrics, schema, new RowMetricsContext { Tags = run.Telemetry.Tags, Functions = Functions, Evaluation = Evaluation, Note = run.Note }, cancellation);
}
