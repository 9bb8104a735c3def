using System.Buffers;
using Millrace.Columnar;

namespace Millrace.Connectors.Files;

/// <summary>Turns a stored value into the key of its partition, and a key into text.</summary>
internal interface IPartitionKey
{
    long KeyOf(long value);

    string TextOf(long key);
}

/// <summary>Encodes columns whose values fit 64 bits.</summary>
internal sealed class WholeEncoder<TKey>(DataType type, TKey key) : PartitionEncoder
    where TKey : struct, IPartitionKey
{
    private readonly Dictionary<long, int> _codes = [];

    public override void Encode(Column column, Span<int> codes)
    {
        System.Diagnostics.Debug.Assert(column.Type.Id == type.Id);
        long[] values = ArrayPool<long>.Shared.Rent(column.Length);
        WholeValues.Read(column, values.AsSpan(0, column.Length));
        bool hasNulls = column.HasNulls;
        long lastKey = 0;
        int lastCode = -1;
        for (int i = 0; i < codes.Length; i++)
        {
            if (hasNulls && column.IsNull(i))
            {
                codes[i] = 0;
                continue;
            }

            // Neighbours are often in one partition.
            long found = key.KeyOf(values[i]);
            if (found != lastKey || lastCode < 0)
            {
                lastKey = found;
                lastCode = CodeOf(found);
            }

            codes[i] = lastCode;
        }

        ArrayPool<long>.Shared.Return(values);
    }

    public override void Clear()
    {
        base.Clear();
        _codes.Clear();
    }

    private int CodeOf(long found)
    {
        if (!_codes.TryGetValue(found, out int code))
        {
            code = Add(key.TextOf(found));
            _codes.Add(found, code);
        }

        return code;
    }
}
