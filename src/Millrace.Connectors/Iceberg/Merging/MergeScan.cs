using System.Runtime.CompilerServices;
using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>Rows of a data file with their numbers in it.</summary>
/// <param name="File">The file.</param>
/// <param name="Rows">The columns that are read; owned by whoever is handed it.</param>
/// <param name="Numbers">Their numbers; owned likewise.</param>
internal readonly record struct NumberedRows(MergedFile File, RecordBatch Rows, FixedColumn<long> Numbers) : IDisposable
{
    public void Dispose()
    {
        Rows.Dispose();
        Numbers.Dispose();
    }
}

/// <summary>Reads the rows of data files that no delete concerns, with their numbers.</summary>
internal sealed class MergeScan : IDisposable
{
    private const int BatchRows = 1 << 14;

    private readonly TableScan _scan;

    /// <param name="files">The table's files.</param>
    /// <param name="table">The table.</param>
    /// <param name="schema">The schema that is read with.</param>
    /// <param name="columns">The wanted columns.</param>
    public MergeScan(TableFiles files, TableMetadata table, TableSchema schema, IReadOnlyList<IcebergField> columns)
        => _scan = new TableScan(files, table, schema, columns) { NumbersRows = true, BatchRows = BatchRows };

    public async IAsyncEnumerable<NumberedRows> ReadAsync(MergedFile file, [EnumeratorCancellation] CancellationToken cancellation)
    {
        DataFileReader reader = await DataFileReader.OpenAsync(_scan, file.Task, 0, -1, FailOnRowError.Instance, cancellation).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            int[] columns = [.. Enumerable.Range(0, _scan.Columns.Count)];
            while (await reader.ReadAsync(cancellation).ConfigureAwait(false) is { } batch)
            {
                using (batch)
                {
                    yield return new NumberedRows(file, batch.Select(columns), (FixedColumn<long>)batch[columns.Length].Share());
                }
            }
        }
    }

    public void Dispose() => _scan.Dispose();
}
