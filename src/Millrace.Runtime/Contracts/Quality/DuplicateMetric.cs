using System.Buffers;
using Millrace.Columnar;

namespace Millrace.Runtime.Contracts;

/// <summary>Counts rows whose values an earlier row of the epoch has, exactly and at any size. Rows without one of the values are no duplicates.</summary>
/// <param name="columns">Numbers of the columns.</param>
internal sealed class DuplicateMetric(int[] columns) : QualityMetric
{
    private UniqueKeys _keys = UniqueKeys.Open();

    public override void Add(RecordBatch batch)
    {
        int rows = batch.Length;
        ulong[] first = ArrayPool<ulong>.Shared.Rent(rows);
        ulong[] second = ArrayPool<ulong>.Shared.Rent(rows);
        ulong[] part = ArrayPool<ulong>.Shared.Rent(rows);
        try
        {
            Hash.Rows(columns.Select(c => batch[c]).ToArray(), first.AsSpan(0, rows));
            second.AsSpan(0, rows).Clear();
            foreach (int index in columns)
            {
                SecondHash.Rows(batch[index], part.AsSpan(0, rows));
                for (int row = 0; row < rows; row++)
                {
                    second[row] = columns.Length == 1 ? part[row] : (second[row] * Key128.SecondSeed) ^ part[row];
                }
            }

            for (int row = 0; row < rows; row++)
            {
                if (HasAll(batch, row) && !_keys.Add(Key128.Of(first[row], second[row])))
                {
                    Count++;
                }
            }
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(first);
            ArrayPool<ulong>.Shared.Return(second);
            ArrayPool<ulong>.Shared.Return(part);
        }
    }

    public override void Clear()
    {
        base.Clear();
        _keys.Dispose();
        _keys = UniqueKeys.Open();
    }

    public override void Dispose() => _keys.Dispose();

    private bool HasAll(RecordBatch batch, int row)
    {
        foreach (int index in columns)
        {
            if (batch[index].HasNulls && batch[index].IsNull(row))
            {
                return false;
            }
        }

        return true;
    }
}
