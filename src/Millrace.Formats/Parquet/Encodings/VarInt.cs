namespace Millrace.Formats.Parquet;

/// <summary>Numbers of seven bits a byte, the lowest first.</summary>
internal static unsafe class VarInt
{
    public static uint Read(ref byte* at, byte* end)
    {
        ulong value = ReadLong(ref at, end);
        return value <= uint.MaxValue ? (uint)value : throw ParquetErrors.Page($"the number {value} is too large");
    }

    public static ulong ReadLong(ref byte* at, byte* end)
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if (at >= end)
            {
                throw ParquetErrors.Page("it ends in the middle of a number");
            }

            byte b = *at++;
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }

        throw ParquetErrors.Page("a number has more than 10 bytes");
    }

    public static long ReadZigZag(ref byte* at, byte* end)
    {
        ulong value = ReadLong(ref at, end);
        return (long)(value >> 1) ^ -(long)(value & 1);
    }
}
