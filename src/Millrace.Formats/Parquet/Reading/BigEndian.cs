using System.Buffers.Binary;

namespace Millrace.Formats.Parquet;

/// <summary>Two's complement numbers with the highest byte first, as decimals are stored.</summary>
internal static class BigEndian
{
    /// <summary>Reads a number of any length; none at all is zero.</summary>
    public static Int128 ReadInt128(ReadOnlySpan<byte> bytes)
    {
        const int size = 16;
        if (bytes.Length == size)
        {
            return BinaryPrimitives.ReadInt128BigEndian(bytes);
        }

        if (bytes.Length > size)
        {
            // What goes before the last 16 bytes may only repeat their sign.
            byte sign = (byte)((sbyte)bytes[^size] >> 7);
            return bytes[..^size].ContainsAnyExcept(sign)
                ? throw ParquetErrors.DecimalTooLarge(bytes.Length)
                : BinaryPrimitives.ReadInt128BigEndian(bytes[^size..]);
        }

        Int128 value = bytes.Length > 0 && (sbyte)bytes[0] < 0 ? -1 : 0;
        foreach (byte b in bytes)
        {
            value = (value << 8) | b;
        }

        return value;
    }
}
