using Millrace.Columnar;
using Millrace.Sql.Catalog;

namespace Millrace.Sql.Execution;

/// <summary>The scan of a table as a source. Its batches get the names of the plan, and dictionaries the plan's plain types.</summary>
/// <param name="scan">Taken over.</param>
/// <param name="schema">Names and types of the plan.</param>
/// <param name="constants">Constants of the scan's predicates, which live as long as it.</param>
internal sealed class TableSource(ITableScan scan, Schema schema, Column?[] constants) : IBatchSource
{
    public async ValueTask<ITablePart?> NextPartAsync(CancellationToken cancellation)
        => await scan.NextPartAsync(cancellation).ConfigureAwait(false) is { } part ? new Part(part, schema) : null;

    public async ValueTask DisposeAsync()
    {
        await scan.DisposeAsync().ConfigureAwait(false);
        Array.ForEach(constants, c => c?.Dispose());
    }

    private sealed class Part(ITablePart part, Schema schema) : ITablePart
    {
        public int Number => part.Number;

        public async ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation)
        {
            using RecordBatch? batch = await part.ReadAsync(cancellation).ConfigureAwait(false);
            if (batch is null)
            {
                return null;
            }

            var columns = new Column[schema.Count];
            for (int i = 0; i < columns.Length; i++)
            {
                columns[i] = batch[i].Type.Id == TypeId.Dictionary && schema[i].Type.Id != TypeId.Dictionary
                    ? Cast.To(batch[i], schema[i].Type).Column
                    : batch[i].Share();
            }

            return new RecordBatch(schema, batch.Length, columns);
        }

        public ValueTask DisposeAsync() => part.DisposeAsync();
    }
}
