using System.Globalization;
using Millrace.Columnar;
using Millrace.Formats;

namespace Millrace.Connectors.Iceberg;

/// <summary>Reads a data file, or a range of it, as rows of the table: columns by id, deletes applied. One thread uses it.</summary>
internal sealed class DataFileReader : IAsyncDisposable
{
    private readonly TableScan _scan;
    private readonly ScanTask _task;
    private readonly ParquetInput _input;
    private readonly IBatchReader _reader;
    private readonly Source[] _sources;
    private readonly long[] _positions;
    private readonly List<DeletedKeys> _keys;
    private readonly int[][] _keySources;
    private long _row;
    private int _nextPosition;

    private DataFileReader(TableScan scan, ScanTask task, ParquetInput input, IBatchReader reader, Source[] sources, long[] positions, List<DeletedKeys> keys, int[][] keySources)
    {
        _scan = scan;
        _task = task;
        _input = input;
        _reader = reader;
        _sources = sources;
        _positions = positions;
        _keys = keys;
        _keySources = keySources;
    }

    /// <param name="scan">What is read.</param>
    /// <param name="task">The file and its deletes.</param>
    /// <param name="start">First byte of the range; whole files only where rows are deleted by position.</param>
    /// <param name="end">One past the last byte; -1 for the end of the file.</param>
    /// <param name="errors">Receives rows that cannot be decoded.</param>
    /// <param name="cancellation">Stops the opening.</param>
    public static async ValueTask<DataFileReader> OpenAsync(TableScan scan, ScanTask task, long start, long end, IRowErrorHandler errors, CancellationToken cancellation)
    {
        long[] positions = await scan.DeletedPositionsAsync(task, cancellation).ConfigureAwait(false);
        List<DeletedKeys> keys = await scan.Equalities.OfAsync(task.Equalities, cancellation).ConfigureAwait(false);
        ParquetInput input = await ParquetInput.OpenAsync(scan.Files, task.File, scan.Mapping, cancellation).ConfigureAwait(false);
        try
        {
            // Reads take what is in the file. Who goes by the numbers of rows would take a file for all dead that has more.
            if (scan.NumbersRows && input.Rows != task.File.Rows)
            {
                throw IcebergErrors.Manifest(task.File.Path, string.Create(CultureInfo.InvariantCulture, $"counts {task.File.Rows} rows in a file that has {input.Rows}"));
            }

            var sources = new List<Source>();
            foreach (IcebergField column in scan.Columns)
            {
                sources.Add(new Source(column, input.Columns.Find(column.Id)));
            }

            // Those behind a row that is left out would be taken for others.
            bool countsRows = positions.Length > 0 || scan.CountsRows;
            int[][] keySources = [.. keys.Select(k => k.Fields.Select(f => SourceOf(sources, f, input)).ToArray())];
            IBatchReader reader = input.Read(new FileReadRequest
            {
                Columns = RequestOf(sources),
                Predicates = countsRows ? [] : PredicatesOf(scan, sources),
                Range = end < 0 ? FileRange.Whole(input.Length) : new FileRange(start, end),
                BatchRows = scan.BatchRows,
                RowErrors = countsRows ? FailOnRowError.Instance : errors,
            });
            return new DataFileReader(scan, task, input, reader, [.. sources], positions, keys, keySources);
        }
        catch
        {
            await input.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The next rows, at least one, which the caller owns; null at the end.</summary>
    public async ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation)
    {
        while (await _reader.ReadAsync(cancellation).ConfigureAwait(false) is { } batch)
        {
            using (batch)
            {
                long first = _row;
                _row += batch.Length;
                RecordBatch? rows = Shape(batch, first);
                if (rows is not null)
                {
                    return rows;
                }
            }
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await _reader.DisposeAsync().ConfigureAwait(false);
        await _input.DisposeAsync().ConfigureAwait(false);
    }

    private RecordBatch? Shape(RecordBatch batch, long first)
    {
        var columns = new List<Column>(_sources.Length);
        try
        {
            int next = 0;
            foreach (Source source in _sources)
            {
                using Column? stored = source.InFile is { } field ? ColumnReshape.Apply(batch[next++], field, source.Field) : null;
                columns.Add(LineageColumns.IsLineage(source.Field.Id)
                    ? LineageColumns.Of(source.Field, stored, _task, first, batch.Length)
                    : stored?.Share() ?? Absent(source.Field, batch.Length));
            }

            int[]? kept = Kept([.. columns], batch.Length, first);
            if (kept is { Length: 0 })
            {
                return null;
            }

            IEnumerable<Column> wanted = columns.Take(_scan.Columns.Count).Select(c => c.Share());
            using var whole = new RecordBatch(_scan.Schema, batch.Length, [.. _scan.NumbersRows ? wanted.Append(Numbers(first, batch.Length)) : wanted]);
            return kept is null ? whole.Share() : Take.Rows(whole, kept);
        }
        finally
        {
            columns.ForEach(c => c.Dispose());
        }
    }

    private static Column Numbers(long first, int rows)
    {
        using var numbers = new FixedBuilder<long>(DataType.Int64, rows);
        LineageColumns.Count(numbers.AppendUninitialized(rows), first);
        return numbers.Build();
    }

    // A column that was only in the names of folders when the file was made is in the partition that the manifest tells.
    private Column Absent(IcebergField field, int rows)
        => _scan.IdentityOf(_task.File, field.Id) is { } place
            ? ColumnValue.Repeat(TypeMapping.ToColumnType(field.Type), _task.File.Partition[place], rows)
            : ColumnReshape.Missing(field, rows);

    // Numbers of the rows that no delete concerns; null for all.
    private int[]? Kept(Column[] columns, int rows, long first)
    {
        bool[]? deleted = null;
        for (; _nextPosition < _positions.Length && _positions[_nextPosition] < first + rows; _nextPosition++)
        {
            (deleted ??= new bool[rows])[_positions[_nextPosition] - first] = true;
        }

        for (int i = 0; i < _keys.Count; i++)
        {
            _keys[i].Mark(Array.ConvertAll(_keySources[i], s => columns[s]), deleted ??= new bool[rows]);
        }

        return deleted is null || !deleted.Contains(true) ? null : [.. Enumerable.Range(0, rows).Where(r => !deleted[r])];
    }

    // The place of a column that deletes compare; it is read for them when nobody else wants it.
    private static int SourceOf(List<Source> sources, IcebergField field, ParquetInput input)
    {
        int index = sources.FindIndex(s => s.Field.Id == field.Id);
        if (index < 0)
        {
            index = sources.Count;
            sources.Add(new Source(field, input.Columns.Find(field.Id)));
        }

        return index;
    }

    // Plain columns are decoded into their type; nested ones come as the file has them.
    private static Schema RequestOf(List<Source> sources)
        => new(sources.Where(s => s.InFile is not null).Select(s => s.Field.Type is IcebergPrimitive && !s.InFile!.Type.IsNested ? s.InFile.WithType(TypeMapping.ToColumnType(s.Field.Type)) : s.InFile!));

    private static List<ColumnPredicate> PredicatesOf(TableScan scan, List<Source> sources)
    {
        var predicates = new List<ColumnPredicate>();
        foreach (ColumnPredicate predicate in scan.Predicates)
        {
            if (sources.Find(s => s.Field.Name == predicate.Column) is { InFile: { } field, Field.Type: IcebergPrimitive })
            {
                predicates.Add(predicate with { Column = field.Name });
            }
        }

        return predicates;
    }

    /// <summary>A column of the table and the column of the file that it is read from; null where it has none.</summary>
    private sealed record Source(IcebergField Field, Field? InFile);
}
