using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Groups by any keys: they are written as one byte string a row, so that equal keys have equal bytes.</summary>
internal sealed unsafe class RowTable : GroupTable
{
    private readonly GroupKeys _keys;
    private readonly BinaryBuilder _encoded = new(DataType.Binary, 0);
    private readonly ByteTable _table;
    private readonly KeyEncoder _encoder = new();
    private readonly GrowingArray<ulong> _hashes = new();

    public RowTable(IReadOnlyList<DataType> types)
    {
        _keys = new GroupKeys(types);
        _table = new ByteTable(_encoded);
    }

    public override long ByteSize => _keys.ByteSize + (2L * _encoded.DataLength) + (8L * _encoded.Length) + _table.ByteSize;

    public override Column[] TakeKeys()
    {
        Column[] keys = _keys.Build();
        Count = 0;
        return keys;
    }

    public override Column[] CopyKeys() => _keys.Copy();

    public override void Dispose()
    {
        base.Dispose();
        _keys.Dispose();
        _encoded.Dispose();
        _table.Dispose();
        _encoder.Dispose();
        _hashes.Dispose();
    }

    protected override void FindPlain(ReadOnlySpan<Column> keys, int rows, Span<int> groups)
    {
        _encoder.Encode(keys, rows);
        _hashes.Resize(rows);
        Hash.Rows(keys, new Span<ulong>(_hashes.Pointer, rows));
        int* firsts = _keys.Begin(rows);
        int noted = 0;
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<byte> key = _encoder[row];
            int group = _table.Find(key, _hashes.Pointer[row], Count);
            if (group < 0)
            {
                group = Count++;
                _encoded.Append(key);
                firsts[noted++] = row;
            }

            groups[row] = group;
        }

        _keys.End(keys, noted);
    }
}
