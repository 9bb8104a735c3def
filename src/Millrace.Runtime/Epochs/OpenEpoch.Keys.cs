using Millrace.Columnar;

namespace Millrace.Runtime;

internal sealed partial class OpenEpoch
{
    /// <summary>
    /// Removes from the target what is gone from the source, in an epoch of its own behind what was read. A run that dies before
    /// it has lost nothing: the next one compares again.
    /// </summary>
    /// <param name="keys">The keys of all rows.</param>
    /// <param name="schema">Their columns, as the target has them.</param>
    /// <param name="stop">Gives it up.</param>
    /// <param name="abort">Stops the commit.</param>
    /// <returns>Rows that were removed.</returns>
    public async Task<long> RemoveMissingAsync(OrderedLanes keys, Schema schema, CancellationToken stop, CancellationToken abort)
    {
        await FinishAsync(complete: true, abort).ConfigureAwait(false);
        await _writer.OpenForKeysAsync(schema, _token, abort).ConfigureAwait(false);
        await foreach (LaneBatch next in keys.ReadAsync(stop).ConfigureAwait(false))
        {
            using RecordBatch? batch = next.Batch;
            if (next.BrokenOff is { } error)
            {
                throw error;
            }

            if (batch is not null)
            {
                await _writer.WriteAsync(batch, null, abort).ConfigureAwait(false);
            }
        }

        return (await CommitAsync(complete: true, abort).ConfigureAwait(false)).Rows;
    }
}
