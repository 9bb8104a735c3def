using System.Runtime.CompilerServices;
using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Runs a tree of nodes.</summary>
public static class QueryExecutor
{
    /// <summary>
    /// The rows of the tree in the order of its source's parts, whatever the number of lanes. The caller owns each batch, none
    /// of which is empty. Lanes run ahead of the caller by a bounded number of batches and end when it stops reading.
    /// </summary>
    public static async IAsyncEnumerable<RecordBatch> ExecuteAsync(PhysicalNode root, QueryContext context, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.Cancellation, cancellation);
        var run = new QueryRun(context with { Cancellation = stop.Token });
        await using ConfiguredAsyncDisposable ends = run.ConfigureAwait(false);
        OrderedStream stream = await OrderedStream.OpenAsync(run, root, 0, long.MaxValue, stop.Token).ConfigureAwait(false);
        try
        {
            while (await stream.ReadAsync(stop.Token).ConfigureAwait(false) is { } batch)
            {
                yield return batch;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await stream.DisposeAsync().ConfigureAwait(false);
        }
    }
}
