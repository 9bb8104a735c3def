using Millrace.Columnar;
using Millrace.Formats;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>The first rows of a source, for people.</summary>
public sealed record SourcePreview
{
    public required Schema Schema { get; init; }

    /// <summary>Cells as text by row; null for a null.</summary>
    public required IReadOnlyList<string?[]> Rows { get; init; }

    /// <summary>Nulls by column, among the sampled rows.</summary>
    public required IReadOnlyList<long> NullCounts { get; init; }

    /// <summary>Rows over which nulls were counted.</summary>
    public required long SampledRows { get; init; }

    /// <summary>Whether the sample is the whole source.</summary>
    public required bool Complete { get; init; }

    public required IReadOnlyList<RowError> BadRows { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Reads the first rows.</summary>
    public static async Task<SourcePreview> ReadAsync(
        Endpoint endpoint,
        string baseDirectory,
        string? stream,
        ColumnPlan? columns,
        int showRows,
        int sampleRows,
        CancellationToken cancellation)
    {
        var widened = new Dictionary<string, DataType>(StringComparer.Ordinal);
        while (true)
        {
            try
            {
                return await ReadOnceAsync(endpoint, baseDirectory, stream, columns, showRows, Math.Max(showRows, sampleRows), widened, cancellation).ConfigureAwait(false);
            }
            catch (SchemaWideningException e) when (!e.To.Equals(widened.GetValueOrDefault(e.Column)))
            {
                widened[e.Column] = e.To;
            }
        }
    }

    private static async Task<SourcePreview> ReadOnceAsync(
        Endpoint endpoint,
        string baseDirectory,
        string? stream,
        ColumnPlan? columns,
        int showRows,
        int sampleRows,
        Dictionary<string, DataType> widened,
        CancellationToken cancellation)
    {
        var notes = new List<string>();
        var context = new ConnectorContext { Job = "preview", BaseDirectory = baseDirectory, Note = notes.Add };
        var bad = new List<RowError>();
        ISource source = endpoint.Connector.OpenSource(endpoint.Options, context);
        await using (source.ConfigureAwait(false))
        {
            var request = new ReadRequest { Stream = stream, Columns = columns?.Requests(), Limit = sampleRows + 1L, Widened = widened };
            IReadPlan plan = await source.PlanAsync(request, cancellation).ConfigureAwait(false);
            await using (plan.ConfigureAwait(false))
            {
                var shaper = new RowShaper(plan.Schema, columns, stream ?? "source");
                var rows = new List<string?[]>();
                var nulls = new long[shaper.Schema.Count];
                long sampled = 0;
                bool complete = true;
                await foreach (LaneBatch next in new OrderedLanes(plan, shaper, new FailureSpec { Strategy = FailureStrategy.LogAndContinue }, null, lanes: 1).ReadAsync(cancellation).ConfigureAwait(false))
                {
                    using RecordBatch? batch = next.Batch;
                    bad.AddRange((next.BadRows?.Kept ?? []).Take(SplitErrors.SampleSize - bad.Count));
                    if (batch is null)
                    {
                        continue;
                    }

                    int take = (int)Math.Min(batch.Length, sampleRows - sampled);
                    complete &= take == batch.Length;
                    using RecordBatch head = batch.Slice(0, take);
                    AddRows(head, showRows, rows, nulls);
                    sampled += take;
                    if (!complete)
                    {
                        break;
                    }
                }

                return new SourcePreview
                {
                    Schema = shaper.Schema,
                    Rows = rows,
                    NullCounts = nulls,
                    SampledRows = sampled,
                    Complete = complete,
                    BadRows = bad,
                    Notes = notes,
                };
            }
        }
    }

    private static void AddRows(RecordBatch batch, int showRows, List<string?[]> rows, long[] nulls)
    {
        for (int c = 0; c < batch.Columns.Count; c++)
        {
            nulls[c] += batch[c].NullCount;
        }

        using RecordBatch shown = batch.Slice(0, Math.Min(batch.Length, showRows - rows.Count));
        RowText.Append(shown, rows);
    }
}
