using Millrace.Columnar;
using Millrace.Sql.Catalog;

namespace Millrace.Sql.Execution;

/// <summary>The scan of a table as a source. Its batches get the names of the plan, and dictionaries the plan's plain types.</summary>
/// <param name="scan">Taken over.</param>
/// <param name="schema">Names and types of the plan.</param>
/// <param name="constants">Constants of the scan's predicates, which live as long as it.</param>
/// <param name="keepsDictionaries">Whether dictionaries stay, as <see cref="Dictionaries"/> says.</param>
internal sealed class TableSource(ITableScan scan, Schema schema, Column?[] constants, bool keepsDictionaries) : IBatchSource
{
    public async ValueTask<ITablePart?> NextPartAsync(CancellationToken cancellation)
        => await scan.NextPartAsync(cancellation).ConfigureAwait(false) is { } part ? new Part(part, schema, keepsDictionaries) : null;

    public async ValueTask DisposeAsync()
    {
        await scan.DisposeAsync().ConfigureAwait(false);
        Array.ForEach(constants, c => c?.Dispose());
    }

    private sealed class Part(ITablePart part, Schema schema, bool keepsDictionaries) : ITablePart
    {
        public int Number => part.Number;

        public async ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation)
        {
            using RecordBatch? batch = await part.ReadAsync(cancellation).ConfigureAwait(false);
            if (batch is null)
            {
                return null;
            }

            using var named = new RecordBatch(schema, batch.Length, [.. batch.Columns.Select(c => c.Share())]);
            return keepsDictionaries ? named.Share() : Dictionaries.Decode(named);
        }

        public ValueTask DisposeAsync() => part.DisposeAsync();
    }
}
