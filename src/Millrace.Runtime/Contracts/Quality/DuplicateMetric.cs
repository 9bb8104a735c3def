using System.Buffers;
using Millrace.Columnar;

namespace Millrace.Runtime.Contracts;

/// <summary>Counts rows whose values an earlier row of the epoch has, exactly and at any size. Rows without one of the values are no duplicates.</summary>
/// <param name="columns">Numbers of the columns.</param>
internal sealed class DuplicateMetric(int[] columns) : QualityMetric
{
    private readonly Column[] _looked = new Column[columns.Length];
    private UniqueKeys _keys = UniqueKeys.Open();

    public override void Add(RecordBatch batch)
    {
        int rows = batch.Length;
        bool hasNulls = false;
        for (int i = 0; i < columns.Length; i++)
        {
            _looked[i] = batch[columns[i]];
            hasNulls |= _looked[i].HasNulls;
        }

        ulong[] first = ArrayPool<ulong>.Shared.Rent(rows);
        ulong[] second = ArrayPool<ulong>.Shared.Rent(rows);
        try
        {
            Hash.Rows(_looked, first.AsSpan(0, rows));
            SecondHashes(second.AsSpan(0, rows));
            for (int row = 0; row < rows; row++)
            {
                if ((!hasNulls || HasAll(row)) && !_keys.Add(Key128.Of(first[row], second[row])))
                {
                    Count++;
                }
            }
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(first);
            ArrayPool<ulong>.Shared.Return(second);
            Array.Clear(_looked);
        }
    }

    public override void Clear()
    {
        base.Clear();
        _keys.Dispose();
        _keys = UniqueKeys.Open();
    }

    public override void Dispose() => _keys.Dispose();

    private void SecondHashes(Span<ulong> hashes)
    {
        SecondHash.Rows(_looked[0], hashes);
        if (_looked.Length == 1)
        {
            return;
        }

        ulong[] part = ArrayPool<ulong>.Shared.Rent(hashes.Length);
        for (int i = 1; i < _looked.Length; i++)
        {
            SecondHash.Rows(_looked[i], part.AsSpan(0, hashes.Length));
            for (int row = 0; row < hashes.Length; row++)
            {
                hashes[row] = (hashes[row] * Key128.SecondSeed) ^ part[row];
            }
        }

        ArrayPool<ulong>.Shared.Return(part);
    }

    private bool HasAll(int row)
    {
        foreach (Column column in _looked)
        {
            if (column.HasNulls && column.IsNull(row))
            {
                return false;
            }
        }

        return true;
    }
}
