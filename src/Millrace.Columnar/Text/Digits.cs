using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Millrace.Columnar;

/// <summary>ASCII digits eight at a time in one 64-bit word; the first character lies in the lowest byte.</summary>
internal static class Digits
{
    private const ulong Zeros = 0x3030303030303030;

    /// <summary>Powers of ten that fit 64 bits: 10^0 to 10^19.</summary>
    public static ReadOnlySpan<ulong> Powers =>
    [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000, 100_000_000_000,
        1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000, 10_000_000_000_000_000,
        100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
    ];

    /// <summary>Eight bytes from any address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Load8(ref byte text) => Unsafe.ReadUnaligned<ulong>(ref text);

    /// <summary>One to eight characters, as if zeros stood before them. Reads no byte beyond them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong LoadPadded(ref byte text, int length)
    {
        ulong word;
        if (length >= 4)
        {
            // Two loads that overlap; the shared bytes are the same in both.
            word = Unsafe.ReadUnaligned<uint>(ref text) | ((ulong)Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref text, length - 4)) << ((length - 4) * 8));
        }
        else
        {
            word = text | ((uint)Unsafe.Add(ref text, length >> 1) << ((length >> 1) * 8)) | ((uint)Unsafe.Add(ref text, length - 1) << ((length - 1) * 8));
        }

        int pad = (8 - length) * 8;
        return pad == 0 ? word : (word << pad) | (Zeros >> (64 - pad));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreDigits(ulong word)
        => ((word & 0xF0F0F0F0F0F0F0F0) | (((word + 0x0606060606060606) & 0xF0F0F0F0F0F0F0F0) >> 4)) == 0x3333333333333333;

    /// <summary>The number that eight digits make: pairs, then fours, then all, by multiplying lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Combine(ulong word)
    {
        word -= Zeros;
        word = (word * 10) + (word >> 8);
        return (uint)((((word & 0x000000FF000000FF) * 0x000F424000000064) + (((word >> 16) & 0x000000FF000000FF) * 0x0000271000000001)) >> 32);
    }

    /// <summary>A number of 1 to 19 digits, which always fits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryParse(ref byte text, int length, out ulong value)
    {
        if (length <= 8)
        {
            ulong word = LoadPadded(ref text, length);
            value = Combine(word);
            return AreDigits(word);
        }

        return TryParseLong(ref text, length, out value);
    }

    /// <inheritdoc cref="TryParse(ref byte, int, out ulong)"/>
    public static bool TryParse(ReadOnlySpan<byte> text, out ulong value) => TryParse(ref MemoryMarshal.GetReference(text), text.Length, out value);

    private static bool TryParseLong(ref byte text, int length, out ulong value)
    {
        ulong last = Load8(ref Unsafe.Add(ref text, length - 8));
        if (length <= 16)
        {
            ulong head = LoadPadded(ref text, length - 8);
            value = (Combine(head) * 100_000_000UL) + Combine(last);
            return AreDigits(head) & AreDigits(last);
        }

        ulong first = LoadPadded(ref text, length - 16);
        ulong middle = Load8(ref Unsafe.Add(ref text, length - 16));
        value = (((Combine(first) * 100_000_000UL) + Combine(middle)) * 100_000_000UL) + Combine(last);
        return AreDigits(first) & AreDigits(middle) & AreDigits(last);
    }
}
