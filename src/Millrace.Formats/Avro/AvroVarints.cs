namespace Millrace.Formats.Avro;

internal enum AvroVarint
{
    Read,

    /// <summary>The bytes end before the number does.</summary>
    Incomplete,

    /// <summary>The number takes more than 64 bits.</summary>
    TooLong,
}

/// <summary>Whole numbers in zig-zag and base 128 (specification, section Binary Encoding).</summary>
internal static class AvroVarints
{
    public const int MaxLength = 10;

    public static AvroVarint Read(ReadOnlySpan<byte> bytes, out long value, out int length)
    {
        ulong bits = 0;
        value = 0;
        length = 0;
        for (int i = 0; i < MaxLength; i++)
        {
            if (i == bytes.Length)
            {
                return AvroVarint.Incomplete;
            }

            ulong part = bytes[i];
            if (i == MaxLength - 1 && part > 1)
            {
                break;
            }

            bits |= (part & 0x7F) << (7 * i);
            if (part < 0x80)
            {
                value = (long)(bits >> 1) ^ -(long)(bits & 1);
                length = i + 1;
                return AvroVarint.Read;
            }
        }

        return AvroVarint.TooLong;
    }

    /// <summary>Writes a number into at least <see cref="MaxLength"/> bytes and returns how many it took.</summary>
    public static int Write(Span<byte> target, long value)
    {
        ulong bits = (ulong)(value << 1) ^ (ulong)(value >> 63);
        int length = 0;
        while (bits >= 0x80)
        {
            target[length++] = (byte)(bits | 0x80);
            bits >>= 7;
        }

        target[length++] = (byte)bits;
        return length;
    }
}
