using System.Buffers.Binary;
using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Says from bloom filters whether a row group can have the values that predicates ask for.</summary>
internal static class BloomPruner
{
    public static async ValueTask<bool> MayMatchAsync(IByteSource source, RowGroup group, List<LeafPredicate> predicates, CancellationToken cancellation)
    {
        foreach (LeafPredicate predicate in predicates)
        {
            if (predicate.Operator != PredicateOperator.Equal
                || group.Columns[predicate.Leaf.Index].Metadata is not { BloomFilterOffset: not null } column
                || Plain(predicate) is not { } value)
            {
                continue;
            }

            if (await IndexReader.ReadBloomFilterAsync(source, column, cancellation).ConfigureAwait(false) is { } filter)
            {
                using NativeBuffer bits = filter.Bits;
                if (!SplitBlockFilter.MayContain(bits.Span[..filter.Length], XxHash64.Compute(value)))
                {
                    return false;
                }
            }
        }

        return true;
    }

    // The constant as the leaf stores it, where equal values have equal bytes; null for other types.
    private static byte[]? Plain(LeafPredicate predicate)
    {
        if (!predicate.Value!.Type.Equals(predicate.Leaf.Type))
        {
            return null;
        }

        return (predicate.Leaf.Physical, predicate.Value) switch
        {
            (PhysicalType.ByteArray, BinaryColumn c) => c[0].ToArray(),
            (PhysicalType.FixedLenByteArray, FixedBinaryColumn c) => c[0].ToArray(),
            (PhysicalType.Int32, FixedColumn<sbyte> c) => Int32(c.Values[0]),
            (PhysicalType.Int32, FixedColumn<short> c) => Int32(c.Values[0]),
            (PhysicalType.Int32, FixedColumn<int> c) => Int32(c.Values[0]),
            (PhysicalType.Int32, FixedColumn<byte> c) => Int32(c.Values[0]),
            (PhysicalType.Int32, FixedColumn<ushort> c) => Int32(c.Values[0]),
            (PhysicalType.Int32, FixedColumn<uint> c) => Int32((int)c.Values[0]),
            (PhysicalType.Int32, FixedColumn<long> c) => Int32((int)c.Values[0]),
            (PhysicalType.Int64, FixedColumn<long> c) => Int64(c.Values[0]),
            (PhysicalType.Int64, FixedColumn<ulong> c) => Int64((long)c.Values[0]),
            (PhysicalType.Int32, FixedColumn<Int128> c) => Int32((int)c.Values[0]),
            (PhysicalType.Int64, FixedColumn<Int128> c) => Int64((long)c.Values[0]),
            _ => null,
        };
    }

    private static byte[] Int32(int value)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Int64(long value)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }
}
