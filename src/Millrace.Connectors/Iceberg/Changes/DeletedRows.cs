using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>Rows in batches, to the end; the caller owns each. One thread uses it.</summary>
internal interface IBatches : IAsyncDisposable
{
    ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation);
}

/// <summary>The rows of a data file that some files of deletes concern, without those that were deleted before.</summary>
internal sealed class DeletedRows : IBatches
{
    private readonly TableScan _scan;
    private readonly DataFileReader? _reader;
    private readonly long[] _positions;
    private readonly List<DeletedKeys> _keys;
    private readonly int[][] _keyColumns;
    private readonly int[] _wanted;

    private DeletedRows(TableScan scan, DataFileReader? reader, long[] positions, List<DeletedKeys> keys, int wanted)
    {
        _scan = scan;
        _reader = reader;
        _positions = positions;
        _keys = keys;
        _keyColumns = [.. keys.Select(k => k.Fields.Select(f => scan.Columns.ToList().FindIndex(c => c.Id == f.Id)).ToArray())];
        _wanted = [.. Enumerable.Range(0, wanted)];
    }

    /// <param name="table">The table.</param>
    /// <param name="schema">The schema that it is read with.</param>
    /// <param name="columns">The wanted columns.</param>
    /// <param name="task">The file with the deletes before.</param>
    /// <param name="by">The deletes that are asked about.</param>
    /// <param name="cancellation">Stops the opening.</param>
    public static async ValueTask<DeletedRows> OpenAsync(IcebergTable table, TableSchema schema, IReadOnlyList<IcebergField> columns, ScanTask task, ScanTask by, CancellationToken cancellation)
    {
        using var deletes = new TableScan(table.Files, table.Metadata, schema, []);
        long[] positions = await deletes.DeletedPositionsAsync(by, cancellation).ConfigureAwait(false);
        if (by.Vector is not null)
        {
            await RequireAllAsync(deletes, task, positions, cancellation).ConfigureAwait(false);
        }

        IcebergField[] compared = [.. by.Equalities.SelectMany(f => f.EqualityIds).Distinct().Where(id => columns.All(c => c.Id != id)).Select(deletes.Equalities.FieldOf)];
        var scan = new TableScan(table.Files, table.Metadata, schema, [.. columns, .. compared]) { NumbersRows = true };
        try
        {
            List<DeletedKeys> keys = await scan.Equalities.OfAsync(by.Equalities, cancellation).ConfigureAwait(false);
            bool isConcerned = positions.Length > 0 || keys.Count > 0;
            return new DeletedRows(scan, isConcerned ? await DataFileReader.OpenAsync(scan, task, 0, -1, FailOnRowError.Instance, cancellation).ConfigureAwait(false) : null, positions, keys, columns.Count);
        }
        catch
        {
            scan.Dispose();
            throw;
        }
    }

    public async ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation)
    {
        while (_reader is not null && await _reader.ReadAsync(cancellation).ConfigureAwait(false) is { } batch)
        {
            using (batch)
            {
                int[] deleted = Find(batch);
                if (deleted.Length > 0)
                {
                    using RecordBatch wanted = batch.Select(_wanted);
                    return Take.Rows(wanted, deleted);
                }
            }
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_reader is not null)
        {
            await _reader.DisposeAsync().ConfigureAwait(false);
        }

        _scan.Dispose();
    }

    // A vector tells all rows that are deleted in its file, those of before among them.
    private static async ValueTask RequireAllAsync(TableScan scan, ScanTask before, long[] now, CancellationToken cancellation)
    {
        long[] earlier = await scan.DeletedPositionsAsync(before, cancellation).ConfigureAwait(false);
        if (Array.Exists(earlier, r => Array.BinarySearch(now, r) < 0))
        {
            throw IcebergErrors.RowsBack(before.File.Path);
        }
    }

    private int[] Find(RecordBatch batch)
    {
        bool[] deleted = new bool[batch.Length];
        ReadOnlySpan<long> numbers = ((FixedColumn<long>)batch[_scan.Columns.Count]).Values;
        for (int row = 0; row < deleted.Length; row++)
        {
            deleted[row] = Array.BinarySearch(_positions, numbers[row]) >= 0;
        }

        for (int i = 0; i < _keys.Count; i++)
        {
            _keys[i].Mark(Array.ConvertAll(_keyColumns[i], c => batch[c]), deleted);
        }

        return [.. Enumerable.Range(0, deleted.Length).Where(r => deleted[r])];
    }
}
