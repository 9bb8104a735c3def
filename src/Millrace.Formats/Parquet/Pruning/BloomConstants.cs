using System.Buffers.Binary;
using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Constants as bloom filters know them. Immutable.</summary>
internal sealed class BloomConstants
{
    private readonly ulong[]? _hashes;

    /// <param name="leaf">The column that has the filters.</param>
    /// <param name="constants">The constants; borrowed for the call.</param>
    public BloomConstants(SchemaLeaf leaf, Column constants) => _hashes = Hashes(leaf, constants);

    /// <summary>Whether all of them have the bytes that equal values of the column would have; filters say nothing otherwise.</summary>
    public bool AreHashed => _hashes is not null;

    /// <summary>Whether one of them may be among the values of a filter.</summary>
    public bool MayBeIn(ReadOnlySpan<byte> filter)
    {
        foreach (ulong hash in _hashes!)
        {
            if (SplitBlockFilter.MayContain(filter, hash))
            {
                return true;
            }
        }

        return false;
    }

    private static ulong[]? Hashes(SchemaLeaf leaf, Column constants)
    {
        if (!constants.Type.Equals(leaf.Type))
        {
            return null;
        }

        var hashes = new ulong[constants.Length];
        for (int i = 0; i < hashes.Length; i++)
        {
            if (Plain(leaf, constants, i) is not { } value)
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
