using System.Buffers.Binary;
using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Numbers as the encodings of Parquet write them.</summary>
internal static unsafe class EncodedNumbers
{
    private const int MaxVarInt = 10;

    public static void AppendInt32(this ByteBuffer target, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target.GetSpan(sizeof(int)), value);
        target.Advance(sizeof(int));
    }

    /// <summary>A number in groups of seven bits, the lowest first.</summary>
    public static void AppendVarInt(this ByteBuffer target, ulong value)
    {
        byte* at = target.Reserve(MaxVarInt);
        int used = 0;
        while (value >= 0x80)
        {
            at[used++] = (byte)(value | 0x80);
            value >>= 7;
        }

        at[used++] = (byte)value;
        target.Advance(used);
    }

    public static void AppendZigZag(this ByteBuffer target, long value) => target.AppendVarInt((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Overwrites four bytes, such as a length that is known only after what it counts was written.</summary>
    public static void PutInt32(this ByteBuffer target, int position, int value)
        => BinaryPrimitives.WriteInt32LittleEndian(target.Written.Slice(position, sizeof(int)), value);
}
