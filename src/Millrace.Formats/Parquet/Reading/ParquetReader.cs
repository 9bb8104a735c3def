using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Reads the row groups of a range as batches. A batch does not cross the end of a row group.</summary>
internal sealed class ParquetReader : IBatchReader
{
    // Rows of long values come in smaller batches, so that a batch stays about this large, in bytes.
    private const long BatchBytes = 16 << 20;

    private readonly IByteSource _source;
    private readonly ParquetInspection _inspection;
    private readonly FileReadRequest _request;
    private readonly SchemaNode[] _columns;
    private readonly RequestedTypes _types;
    private readonly int[] _groups;
    private int _nextGroup;
    private RowGroupReader? _group;
    private long _groupRowsLeft;
    private long _groupEnd;
    private int _batchRows;
    private long _rows;

    public ParquetReader(IByteSource source, ParquetInspection inspection, FileReadRequest request)
    {
        _source = source;
        _inspection = inspection;
        _request = request;
        _columns = [.. request.Columns.Fields.Select(f => Find(f.Name))];
        _types = new RequestedTypes(request, source.Name);
        _groups = RowGroupPlanner.Select(inspection.Places, request.Range);
        Position = new FilePosition(request.Range.Start, 0);
    }

    public Schema Schema => _request.Columns;

    public FilePosition Position { get; private set; }

    public async ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation)
    {
        while (_rows < _request.Limit && MoveToRows())
        {
            int rows = (int)Math.Min(Math.Min(_batchRows, _groupRowsLeft), _request.Limit - _rows);
            Column[] columns = await _group!.ReadAsync(rows, cancellation).ConfigureAwait(false);
            long firstRow = _groupEnd - _groupRowsLeft;
            _groupRowsLeft -= rows;
            _rows += rows;
            Position = new FilePosition(_request.Range.Start, _rows);
            if (_types.ToBatch(columns, rows, firstRow) is { } batch)
            {
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

    private SchemaNode Find(string name)
    {
        int index = _inspection.Schema.IndexOf(name);
        return index >= 0
            ? _inspection.Columns.Columns[index]
            : throw ParquetErrors.UnknownColumn(name, _inspection.Schema, _source.Name);
    }

    // Whether there are more rows, in this row group or a later one.
    private bool MoveToRows()
    {
        while (_groupRowsLeft == 0)
        {
            _group?.Dispose();
            _group = null;
            if (_nextGroup == _groups.Length)
            {
                return false;
            }

            OpenGroup(_groups[_nextGroup++]);
        }

        return true;
    }

    private void OpenGroup(int number)
    {
        RowGroup group = _inspection.Metadata.RowGroups[number];
        _groupRowsLeft = group.RowCount;
        _groupEnd = _inspection.Places[number].FirstRow + group.RowCount;
        _batchRows = RowsABatch(group);
        if (_groupRowsLeft > 0)
        {
            _group = new RowGroupReader(_source, group, _columns, (ParquetOptions)_inspection.Options);
        }
    }

    private int RowsABatch(RowGroup group)
    {
        long bytes = 0;
        foreach (SchemaLeaf leaf in _columns.SelectMany(c => c.Leaves))
        {
            bytes += Math.Max(0, group.Columns[leaf.Index].Metadata?.UncompressedSize ?? 0) / Math.Max(1, group.RowCount);
            bytes += leaf.Type.ByteWidth;
        }

        return (int)Math.Clamp(BatchBytes / Math.Max(1, bytes), 1, Math.Max(1, _request.BatchRows));
    }
}
