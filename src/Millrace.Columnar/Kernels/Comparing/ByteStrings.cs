using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Millrace.Columnar;

/// <summary>Equality and order of byte strings; most pairs are decided by their lengths or first eight bytes.</summary>
internal static unsafe class ByteStrings
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Equal(byte* left, int leftLength, byte* right, int rightLength)
    {
        if (leftLength != rightLength)
        {
            return false;
        }

        if (leftLength >= 8)
        {
            // The first and the last eight bytes, which may overlap.
            return Load8(left) == Load8(right)
                && Load8(left + leftLength - 8) == Load8(right + leftLength - 8)
                && (leftLength <= 16 || EqualLong(left, right, leftLength));
        }

        return Short(left, leftLength) == Short(right, leftLength);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Less(byte* left, int leftLength, byte* right, int rightLength)
    {
        if (leftLength >= 8 && rightLength >= 8)
        {
            ulong a = Load8(left);
            ulong b = Load8(right);
            if (a != b)
            {
                return BinaryPrimitives.ReverseEndianness(a) < BinaryPrimitives.ReverseEndianness(b);
            }
        }

        return Compare(left, leftLength, right, rightLength) < 0;
    }

    /// <summary>Bytes without sign from the first; a prefix comes before what it begins.</summary>
    public static int Compare(byte* left, int leftLength, byte* right, int rightLength)
        => new ReadOnlySpan<byte>(left, leftLength).SequenceCompareTo(new ReadOnlySpan<byte>(right, rightLength));

    /// <summary>The first eight bytes as a number that orders as the bytes do; missing bytes are zero.</summary>
    public static ulong Prefix(byte* value, int length) => length >= 8
        ? BinaryPrimitives.ReverseEndianness(Load8(value))
        : length == 0 ? 0 : BinaryPrimitives.ReverseEndianness(Bits.Load(value, 0, length * 8));

    /// <summary>Up to seven bytes as a number; of one length, equal numbers are equal bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Short(byte* value, int length)
    {
        if (length >= 4)
        {
            return Unsafe.ReadUnaligned<uint>(value) | ((ulong)Unsafe.ReadUnaligned<uint>(value + length - 4) << 32);
        }

        return length == 0 ? 0 : value[0] | ((uint)value[length >> 1] << 8) | ((uint)value[length - 1] << 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Load8(byte* at) => Unsafe.ReadUnaligned<ulong>(at);

    private static bool EqualLong(byte* left, byte* right, int length)
        => new ReadOnlySpan<byte>(left, length).SequenceEqual(new ReadOnlySpan<byte>(right, length));
}
