using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Groups of the rows whose keys are no words, by their keys written as one byte string. One thread uses it.</summary>
internal sealed unsafe class OddKeys : IDisposable
{
    private readonly BinaryBuilder _encoded = new(DataType.Binary, 0);
    private readonly GrowingArray<int> _groups = new();
    private readonly KeyEncoder _encoder = new();
    private readonly ByteTable _table;
    private bool _isEncoded;

    public OddKeys() => _table = new ByteTable(_encoded);

    public long ByteSize => (2L * _encoded.DataLength) + (8L * _encoded.Length) + _groups.ByteSize + _table.ByteSize;

    /// <summary>The group of a row; <paramref name="next"/> if it begins that one.</summary>
    public int Find(ReadOnlySpan<Column> keys, int rows, int row, int next)
    {
        if (!_isEncoded)
        {
            // All rows of the batch, also those that are not odd: batches with any are rare or have many.
            _encoder.Encode(keys, rows);
            _isEncoded = true;
        }

        ReadOnlySpan<byte> key = _encoder[row];
        int number = _encoded.Length;
        int found = _table.Find(key, ByteTable.Hash(key), number);
        if (found >= 0)
        {
            return _groups.Pointer[found];
        }

        _encoded.Append(key);
        _groups.Resize(number + 1);
        _groups.Pointer[number] = next;
        return next;
    }

    /// <summary>Forgets the rows of the batch.</summary>
    public void EndBatch() => _isEncoded = false;

    public void Dispose()
    {
        _encoded.Dispose();
        _groups.Dispose();
        _encoder.Dispose();
        _table.Dispose();
    }
}
