using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>
/// Compares rows of a <see cref="KeyedRows"/> by an order: by a word for each column, and by the values where words leave it
/// open. One thread uses it.
/// </summary>
internal sealed class RowWords(KeyedRows rows, IReadOnlyList<OrderColumn> order)
{
    private readonly int _width = order.Count;

    // The words of a row stand side by side.
    private ulong[] _words = [];
    private ulong[] _batch = [];
    private ulong[] _column = [];

    // So many words from the first one on are equal only where values are.
    private int _exact = order.Count;

    public long ByteSize => (_words.Length + _batch.Length + _column.Length) * (long)sizeof(ulong);

    /// <summary>Makes the words of a batch, which <see cref="Keep"/> and <see cref="MayComeBefore"/> use.</summary>
    public void Read(RecordBatch batch)
    {
        if (_column.Length < batch.Length)
        {
            int size = Math.Max(batch.Length, RecordBatch.DefaultRows);
            (_column, _batch) = (new ulong[size], new ulong[size * _width]);
        }

        Span<ulong> words = _column.AsSpan(0, batch.Length);
        SortKey[] keys = OrderColumn.Keys(order, batch);
        for (int key = 0; key < keys.Length; key++)
        {
            if (!Sort.Words(keys[key], words))
            {
                _exact = Math.Min(_exact, key);
            }

            for (int row = 0; row < words.Length; row++)
            {
                _batch[(row * _width) + key] = words[row];
            }
        }
    }

    /// <summary>Whether a row of the batch may come before a kept one, which came earlier.</summary>
    public bool MayComeBefore(int batchRow, int row)
    {
        int compared = Compare(_batch.AsSpan(batchRow * _width, _width), _words.AsSpan(row * _width, _width), out bool isCertain);
        return compared < 0 || !isCertain;
    }

    /// <summary>Keeps the words of a row of the batch for a row.</summary>
    public void Keep(int batchRow, int row)
    {
        int end = (row + 1) * _width;
        if (end > _words.Length)
        {
            Array.Resize(ref _words, Math.Max(end, Math.Max(RecordBatch.DefaultRows, _words.Length * 2)));
        }

        _batch.AsSpan(batchRow * _width, _width).CopyTo(_words.AsSpan(row * _width));
    }

    /// <summary>Less than zero if a row comes before another; equal ones come in the order of their numbers.</summary>
    public int Compare(int left, int right)
    {
        int compared = Compare(_words.AsSpan(left * _width, _width), _words.AsSpan(right * _width, _width), out bool isCertain);
        if (!isCertain)
        {
            compared = rows.Compare(left, right, order);
        }

        return compared != 0 ? compared : left.CompareTo(right);
    }

    /// <summary>Forgets all rows.</summary>
    public void Clear() => _words = [];

    private int Compare(ReadOnlySpan<ulong> left, ReadOnlySpan<ulong> right, out bool isCertain)
    {
        int same = left.CommonPrefixLength(right);
        isCertain = same <= _exact;
        return same == left.Length ? 0 : left[same].CompareTo(right[same]);
    }
}
