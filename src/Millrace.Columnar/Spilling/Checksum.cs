using System.Buffers.Binary;
using System.Numerics;

namespace Millrace.Columnar;

/// <summary>Tells damaged blocks: CRC-32C of the even and of the odd words of 8 bytes, side by side, and the number of rows.</summary>
public static class Checksum
{
    public static ulong Of(int rows, ReadOnlySpan<byte> bytes)
    {
        uint even = ~(uint)rows;
        uint odd = (uint)bytes.Length;
        for (; bytes.Length >= 16; bytes = bytes[16..])
        {
            even = BitOperations.Crc32C(even, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            odd = BitOperations.Crc32C(odd, BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
        }

        foreach (byte value in bytes)
        {
            even = BitOperations.Crc32C(even, value);
        }

        return ((ulong)odd << 32) | even;
    }
}
