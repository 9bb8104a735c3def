using System.Buffers.Binary;
using System.Numerics;

namespace Millrace.Connectors.Common;

/// <summary>
/// The 32-bit Murmur3 hash for x86 with seed 0, which Iceberg's buckets are made of, so that buckets mean the same in files
/// and tables.
/// </summary>
public static class Murmur3
{
    /// <summary>Hash of a whole number, a date or a time in microseconds: of its 8 bytes, the lowest first.</summary>
    public static int Hash(long value)
    {
        uint hash = Mix(0, (uint)value);
        hash = Mix(hash, (uint)(value >> 32));
        return Finish(hash, sizeof(long));
    }

    /// <summary>Hash of a decimal's unscaled value: of its fewest bytes in two's complement, the highest first.</summary>
    public static int HashDecimal(Int128 unscaled)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt128BigEndian(bytes, unscaled);
        while (bytes.Length > 1 && ((bytes[0] == 0 && bytes[1] < 0x80) || (bytes[0] == 0xFF && bytes[1] >= 0x80)))
        {
            bytes = bytes[1..];
        }

        return Hash(bytes);
    }

    public static int Hash(ReadOnlySpan<byte> bytes)
    {
        uint hash = 0;
        int length = bytes.Length;
        while (bytes.Length >= sizeof(uint))
        {
            hash = Mix(hash, BinaryPrimitives.ReadUInt32LittleEndian(bytes));
            bytes = bytes[sizeof(uint)..];
        }

        uint tail = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            tail |= (uint)bytes[i] << (8 * i);
        }

        hash ^= Scramble(tail);
        return Finish(hash, length);
    }

    private static uint Scramble(uint word) => BitOperations.RotateLeft(word * 0xCC9E2D51, 15) * 0x1B873593;

    private static uint Mix(uint hash, uint word) => (BitOperations.RotateLeft(hash ^ Scramble(word), 13) * 5) + 0xE6546B64;

    private static int Finish(uint hash, int length)
    {
        hash ^= (uint)length;
        hash = (hash ^ (hash >> 16)) * 0x85EBCA6B;
        hash = (hash ^ (hash >> 13)) * 0xC2B2AE35;
        return (int)(hash ^ (hash >> 16));
    }
}
