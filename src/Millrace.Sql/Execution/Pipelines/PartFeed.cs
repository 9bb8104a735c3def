using Millrace.Sql.Catalog;

namespace Millrace.Sql.Execution;

/// <summary>Numbers the parts of all sources of a pipeline in the order in which they are taken, without gaps.</summary>
internal sealed class PartNumbers
{
    private int _next;

    public int Next() => Interlocked.Increment(ref _next) - 1;
}

/// <summary>
/// Hands the parts of a source to lanes, one call at a time: so parts are taken in the source's order, and no lane gets a
/// part after another has seen the end. A union's sources share the numbers, and lanes read them one source after the other,
/// so all parts of an earlier source come before those of a later one.
/// </summary>
internal sealed class PartFeed(PhysicalNode node, IBatchSource source, PartNumbers numbers) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private bool _ended;

    /// <summary>The node whose rows these are.</summary>
    public PhysicalNode Node => node;

    /// <summary>The next part and its number in the pipeline; null at the end.</summary>
    public async ValueTask<(ITablePart? Part, int Number)> TakeAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            ITablePart? part = _ended ? null : await source.NextPartAsync(cancellation).ConfigureAwait(false);
            _ended = part is null;
            return part is null ? (null, -1) : (part, numbers.Next());
        }
        finally
        {
            _turn.Release();
        }
    }

    public ValueTask DisposeAsync()
    {
        _turn.Dispose();
        return source.DisposeAsync();
    }
}
