using Millrace.Sdk;

namespace Millrace.Connectors.Datagen;

/// <summary>Makes the rows of a range, batch by batch.</summary>
internal sealed class DatagenReader(DatagenPlan plan, long start, long end) : ISplitReader
{
    private long _row = start;

    public async ValueTask<SplitBatch?> ReadAsync(CancellationToken cancellation)
    {
        SplitBatch? next = await plan.ReadAsync(_row, end, cancellation).ConfigureAwait(false);
        _row += next?.Batch.Length ?? 0;
        return next;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
