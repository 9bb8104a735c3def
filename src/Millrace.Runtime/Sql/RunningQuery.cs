using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Formats;

namespace Millrace.Runtime.Sql;

/// <summary>A query that has been planned and gives rows as they are asked for. It owns what its tables have opened.</summary>
/// <param name="schema">Columns of the rows.</param>
/// <param name="rows">The rows; each batch is the reader's to dispose.</param>
/// <param name="catalog">What was opened.</param>
internal sealed class RunningQuery(Schema schema, IAsyncEnumerable<RecordBatch> rows, SqlCatalog catalog) : IAsyncDisposable
{
    public Schema Schema => schema;

    public IAsyncEnumerable<RecordBatch> Rows => rows;

    /// <summary>
    /// The query with its first rows at hand. Until a query has given rows, one whose input needs a wider type than its sample
    /// suggested can begin again unseen.
    /// </summary>
    public async ValueTask<(RecordBatch? First, IAsyncEnumerator<RecordBatch> Others)> BeginAsync(CancellationToken cancellation)
    {
        IAsyncEnumerator<RecordBatch> rest = rows.GetAsyncEnumerator(cancellation);
        try
        {
            return (await rest.MoveNextAsync().ConfigureAwait(false) ? rest.Current : null, rest);
        }
        catch
        {
            await rest.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The rows that <see cref="BeginAsync"/> left.</summary>
    public static async IAsyncEnumerable<RecordBatch> GoOnAsync(RecordBatch? first, IAsyncEnumerator<RecordBatch> rest, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await using (rest.ConfigureAwait(false))
        {
            for (RecordBatch? next = first; next is not null; next = await NextAsync(rest).ConfigureAwait(false))
            {
                yield return next;
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    public ValueTask DisposeAsync() => catalog.DisposeAsync();

    private static async ValueTask<RecordBatch?> NextAsync(IAsyncEnumerator<RecordBatch> rest)
    {
        try
        {
            return await rest.MoveNextAsync().ConfigureAwait(false) ? rest.Current : null;
        }
        catch (InputWidenedException e)
        {
            SchemaWideningException cause = e.Widening;
            throw SqlErrors.WidenedAfterRows.Error(
                $"Column '{cause.Column}' was taken for {cause.From?.ToString() ?? "absent"}, and {cause.Place} holds a value that needs {cause.To}.",
                cause.Place,
                $"Declare the column: FROM 'file' ({cause.Column} {cause.To}, …), or raise the option sample_rows.",
                e);
        }
    }
}
