using Millrace.Sql.Catalog;

namespace Millrace.Sql.Execution;

/// <summary>The scan of a table as a source, with what has to live as long.</summary>
internal sealed class TableSource(ITableScan scan, IReadOnlyList<IDisposable> owned) : IBatchSource
{
    public ValueTask<ITablePart?> NextPartAsync(CancellationToken cancellation) => scan.NextPartAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        await scan.DisposeAsync().ConfigureAwait(false);
        foreach (IDisposable thing in owned)
        {
            thing.Dispose();
        }
    }
}
