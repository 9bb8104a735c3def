using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Reads the row groups of a range as batches. A batch does not cross the end of a row group.</summary>
internal sealed class ParquetReader : IBatchReader
{
    // Rows of long values come in smaller batches, so that a batch stays about this large, in bytes.
    private const long BatchBytes = 2 << 20;

    private readonly IByteSource _source;
    private readonly ParquetInspection _inspection;
    private readonly FileReadRequest _request;
    private readonly SchemaNode[] _columns;
    private readonly RequestedTypes _types;
    private readonly List<LeafPredicate> _predicates;
    private readonly int[] _groups;
    private int _nextGroup;
    private RowGroupReader? _group;
    private long _groupStart;
    private readonly Queue<RowRange> _ranges = new();
    private RowRange _range;
    private int _batchRows;
    private long _rows;

    public ParquetReader(IByteSource source, ParquetInspection inspection, FileReadRequest request)
    {
        _source = source;
        _inspection = inspection;
        _request = request;
        _columns = [.. request.Columns.Fields.Select(f => NodeProjection.Narrow(Find(f.Name), f.Type))];
        _types = new RequestedTypes(request, source.Name);
        _predicates = LeafPredicate.FindAll(request, inspection.Columns);
        _groups = RowGroupPlanner.Select(inspection.Places, request.Range);
        Position = new FilePosition(request.Range.Start, 0);
    }

    public Schema Schema => _request.Columns;

    public FilePosition Position { get; private set; }

    public RowPlaces? Places { get; private set; }

    public async ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation)
    {
        while (_rows < _request.Limit && await MoveToRowsAsync(cancellation).ConfigureAwait(false))
        {
            long row = _range.Start;
            int rows = (int)Math.Min(Math.Min(_batchRows, _range.End - row), _request.Limit - _rows);
            Column[] columns = await _group!.ReadAsync(row, rows, cancellation).ConfigureAwait(false);
            AdaptBatchRows(columns, rows);
            _range = _range with { Start = row + rows };
            _rows += rows;
            Position = new FilePosition(_request.Range.Start, _rows);
            if (_types.ToBatch(columns, rows, _groupStart + row) is { } batch)
            {
                Places = batch.Length == rows ? PlacesFrom(_groupStart + row) : null;
                return batch;
            }
        }

        return null;
    }

    public ValueTask DisposeAsync()
    {
        _group?.Dispose();
        _group = null;
        return ValueTask.CompletedTask;
    }

    private static RowPlaces PlacesFrom(long first)
    {
        var rows = new RowRuns();
        rows.Add(0, first);
        return new RowPlaces(rows, areLines: false);
    }

    private SchemaNode Find(string name)
    {
        int index = _inspection.Schema.IndexOf(name);
        return index >= 0
            ? _inspection.Columns.Columns[index]
            : throw ParquetErrors.UnknownColumn(name, _inspection.Schema, _source.Name);
    }

    // Whether there are more rows, in this row group or a later one.
    private async ValueTask<bool> MoveToRowsAsync(CancellationToken cancellation)
    {
        while (_range.Start == _range.End)
        {
            if (_ranges.TryDequeue(out _range))
            {
                return true;
            }

            _group?.Dispose();
            _group = null;
            if (_nextGroup == _groups.Length)
            {
                return false;
            }

            try
            {
                await OpenGroupAsync(_groups[_nextGroup++], cancellation).ConfigureAwait(false);
            }
            catch (MillraceException e) when (e.Place is null)
            {
                throw e.At(ErrorPlace.InFile(_source.Name));
            }
        }

        return true;
    }

    private async ValueTask OpenGroupAsync(int number, CancellationToken cancellation)
    {
        RowGroup group = _inspection.Metadata.RowGroups[number];
        if (group.RowCount == 0
            || !StatisticsPruner.MayMatch(group, _inspection.Metadata, _predicates)
            || !await BloomPruner.MayMatchAsync(_source, group, _predicates, cancellation).ConfigureAwait(false))
        {
            return;
        }

        List<RowRange> rows = await PagePruner.FindRowsAsync(_source, group, _predicates, cancellation).ConfigureAwait(false);
        if (rows.Count == 0)
        {
            return;
        }

        bool skipsRows = rows is not [{ Start: 0 } all] || all.End != group.RowCount;
        _groupStart = _inspection.Places[number].FirstRow;
        _batchRows = RowsABatch(group);
        _group = await RowGroupReader.OpenAsync(_source, group, _columns, (ParquetOptions)_inspection.Options, _request.KeepsDictionaries, skipsRows, cancellation).ConfigureAwait(false);
        foreach (RowRange range in rows)
        {
            _ranges.Enqueue(range);
        }
    }

    // What the footer says of the size of a row; dictionaries and runs can hide more, which the batches then show.
    private int RowsABatch(RowGroup group)
    {
        long bytes = 0;
        foreach (SchemaLeaf leaf in _columns.SelectMany(c => c.Leaves))
        {
            if (group.Columns[leaf.Index].Metadata is { } chunk)
            {
                double size = Math.Max(chunk.UncompressedSize, chunk.SizeStatistics?.UnencodedByteArrayBytes ?? 0);
                size = Math.Max(size, (double)chunk.ValueCount * leaf.Type.ByteWidth);
                bytes += (long)Math.Clamp(size / group.RowCount, 0, BatchBytes);
            }
        }

        return RowsOfSize(bytes);
    }

    private void AdaptBatchRows(Column[] columns, int rows)
    {
        // A dictionary is there once, and its values are short.
        long bytes = columns.Sum(c => c is DictionaryColumn ? (long)rows * sizeof(int) : c.ByteSize) / rows;
        if (bytes * rows > BatchBytes)
        {
            _batchRows = Math.Min(_batchRows, RowsOfSize(bytes));
        }
    }

    private int RowsOfSize(long bytes) => (int)Math.Clamp(BatchBytes / Math.Max(1, bytes), 1, Math.Max(1, _request.BatchRows));
}
