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
            if (predicate.Operator is not (PredicateOperator.Equal or PredicateOperator.In)
                || group.Columns[predicate.Leaf.Index].Metadata is not { BloomFilterOffset: not null } column
                || Hashes(predicate) is not { } hashes)
            {
                continue;
            }

            if (await IndexReader.ReadBloomFilterAsync(source, column, cancellation).ConfigureAwait(false) is { } filter)
            {
                using NativeBuffer bits = filter.Bits;
                if (!MayContain(bits.Span[..filter.Length], hashes))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool MayContain(ReadOnlySpan<byte> filter, ulong[] hashes)
    {
        foreach (ulong hash in hashes)
        {
            if (SplitBlockFilter.MayContain(filter, hash))
            {
                return true;
            }
        }

        return false;
    }

    // Hashes of the constants; null where one of them has no bytes that equal values would have.
    private static ulong[]? Hashes(LeafPredicate predicate)
    {
        if (!predicate.Value!.Type.Equals(predicate.Leaf.Type))
        {
            return null;
        }

        var hashes = new ulong[predicate.Value.Length];
        for (int i = 0; i < hashes.Length; i++)
        {
            if (Plain(predicate.Leaf, predicate.Value, i) is not { } value)
            {
                return null;
            }

            hashes[i] = XxHash64.Compute(value);
        }

        return hashes;
    }

    // A constant as the leaf stores it, where equal values have equal bytes; null for other types.
    private static byte[]? Plain(SchemaLeaf leaf, Column constants, int row)
        => (leaf.Physical, constants) switch
        {
            (PhysicalType.ByteArray, BinaryColumn c) => c[row].ToArray(),
            (PhysicalType.FixedLenByteArray, FixedBinaryColumn c) => c[row].ToArray(),
            (PhysicalType.Int32, FixedColumn<sbyte> c) => Int32(c.Values[row]),
            (PhysicalType.Int32, FixedColumn<short> c) => Int32(c.Values[row]),
            (PhysicalType.Int32, FixedColumn<int> c) => Int32(c.Values[row]),
            (PhysicalType.Int32, FixedColumn<byte> c) => Int32(c.Values[row]),
            (PhysicalType.Int32, FixedColumn<ushort> c) => Int32(c.Values[row]),
            (PhysicalType.Int32, FixedColumn<uint> c) => Int32((int)c.Values[row]),
            (PhysicalType.Int32, FixedColumn<long> c) => Int32((int)c.Values[row]),
            (PhysicalType.Int64, FixedColumn<long> c) => Int64(c.Values[row]),
            (PhysicalType.Int64, FixedColumn<ulong> c) => Int64((long)c.Values[row]),
            (PhysicalType.Int32, FixedColumn<Int128> c) => Int32((int)c.Values[row]),
            (PhysicalType.Int64, FixedColumn<Int128> c) => Int64((long)c.Values[row]),
            _ => null,
        };

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
