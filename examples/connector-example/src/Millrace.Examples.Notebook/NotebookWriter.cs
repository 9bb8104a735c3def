using System.Text.Json;
using Millrace.Columnar;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Examples.Notebook;

/// <summary>Collects the rows of an epoch and publishes them as a page.</summary>
/// <param name="pages">The notebook.</param>
/// <param name="schema">Columns of the batches.</param>
/// <param name="next">Number of the next page.</param>
/// <param name="fencingToken">Token of the job's last commit; a run with a smaller one has been overtaken.</param>
internal sealed class NotebookWriter(Pages pages, Schema schema, long next, long fencingToken) : ISinkWriter
{
    private readonly List<string> _lines = [];
    private long _next = next;

    public ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var texts = new Column[schema.Count];
        int made = 0;
        try
        {
            for (; made < texts.Length; made++)
            {
                // The batch is borrowed; what a cast returns is ours.
                texts[made] = Cast.To(batch[made], DataType.Utf8).Column;
            }

            for (int row = 0; row < batch.Length; row++)
            {
                _lines.Add(JsonSerializer.Serialize(Array.ConvertAll(texts, t => t.IsNull(row) ? null : ((BinaryColumn)t).GetString(row))));
            }
        }
        finally
        {
            for (int i = 0; i < made; i++)
            {
                texts[i].Dispose();
            }
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask<CommitSummary> CommitAsync(Checkpoint checkpoint, CancellationToken cancellation)
    {
        if (checkpoint.FencingToken < fencingToken)
        {
            throw ProgressErrors.Fenced.Error($"A run with token {fencingToken} has committed; this one has {checkpoint.FencingToken}.");
        }

        // The atomic point: one file with rows and checkpoint, there or not.
        ObjectInfo info = await pages.PublishAsync(_next, new Page(checkpoint, schema, [.. _lines]), cancellation).ConfigureAwait(false);
        int rows = _lines.Count;
        _lines.Clear();
        _next++;
        return new CommitSummary(rows, info.Size, [info.Name]);
    }

    public ValueTask AbortAsync(CancellationToken cancellation)
    {
        _lines.Clear();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
