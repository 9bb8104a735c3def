using System.Buffers.Binary;
using Millrace.Columnar;

namespace Millrace.Formats.Avro;

/// <summary>Two's complement, highest byte first, of as many bytes as the value or the type has.</summary>
internal static class AvroDecimals
{
    /// <summary>Reads an unscaled number; false when it does not fit.</summary>
    /// <param name="cursor">Where to read.</param>
    /// <param name="fixedSize">Bytes of the fixed, or -1 for a decimal on bytes.</param>
    /// <param name="value">The number.</param>
    public static bool TryRead(ref AvroCursor cursor, int fixedSize, out Int128 value)
    {
        ReadOnlySpan<byte> bytes = fixedSize >= 0 ? cursor.ReadFixed(fixedSize) : cursor.ReadBytes();
        if (bytes.Length > 16)
        {
            return TryReadLong(bytes, out value);
        }

        if (bytes.Length <= 8)
        {
            long small = bytes.IsEmpty ? 0 : (sbyte)bytes[0];
            for (int i = 1; i < bytes.Length; i++)
            {
                small = (small << 8) | bytes[i];
            }

            value = small;
            return true;
        }

        value = (sbyte)bytes[0];
        for (int i = 1; i < bytes.Length; i++)
        {
            value = (value << 8) | bytes[i];
        }

        return true;
    }

    // Longer encodings of small numbers are allowed.
    private static bool TryReadLong(ReadOnlySpan<byte> bytes, out Int128 value)
    {
        value = BinaryPrimitives.ReadInt128BigEndian(bytes[^16..]);
        byte sign = value < 0 ? (byte)0xFF : (byte)0;
        return bytes[..^16].IndexOfAnyExcept(sign) < 0;
    }
}

internal sealed class DecimalNode(FixedBuilder<Int128> builder, int fixedSize, DataType type, string field) : DecodeNode
{
    private readonly Int128 _limit = (Int128)DecimalMath.Power(type.Precision);

    public override void Decode(ref AvroCursor cursor)
    {
        if (!AvroDecimals.TryRead(ref cursor, fixedSize, out Int128 value) || value >= _limit || value <= -_limit)
        {
            cursor.Note(FormatErrors.ValueDoesNotFit, $"A decimal does not fit {type}.", field);
            value = 0;
        }

        builder.Append(value);
    }
}

/// <summary>A decimal that stands in for a whole number of 64 bits without sign; see <see cref="AvroStandIns"/>.</summary>
internal sealed class UnsignedNode(FixedBuilder<ulong> builder, int fixedSize, string field) : DecodeNode
{
    public override void Decode(ref AvroCursor cursor)
    {
        if (!AvroDecimals.TryRead(ref cursor, fixedSize, out Int128 value) || value < 0 || value > ulong.MaxValue)
        {
            cursor.Note(FormatErrors.ValueDoesNotFit, $"A decimal does not fit {builder.Type}.", field);
            value = 0;
        }

        builder.Append((ulong)value);
    }
}
