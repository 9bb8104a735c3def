using System.Numerics;
using System.Runtime.CompilerServices;

namespace Millrace.Columnar;

/// <summary>Bitmaps as Arrow lays them: bit i is bit <c>i &amp; 7</c>, from the lowest, of byte <c>i &gt;&gt; 3</c>.</summary>
public static unsafe class Bits
{
    /// <summary>Bytes that hold so many bits.</summary>
    public static int ByteCount(int bits) => (int)(((long)bits + 7) >> 3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Get(byte* bits, int index) => (bits[index >> 3] & (1 << (index & 7))) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Set(byte* bits, int index) => bits[index >> 3] |= (byte)(1 << (index & 7));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Clear(byte* bits, int index) => bits[index >> 3] &= (byte)~(1 << (index & 7));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(byte* bits, int index, bool value)
    {
        byte mask = (byte)(1 << (index & 7));
        byte* at = bits + (index >> 3);
        *at = (byte)((*at & ~mask) | (-Unsafe.BitCast<bool, byte>(value) & mask));
    }

    /// <summary>Up to 64 bits from any bit position; bits at and beyond <paramref name="count"/> are zero. Reads no byte outside the bits asked for.</summary>
    public static ulong Load(byte* bits, int start, int count)
    {
        if (count <= 0)
        {
            return 0;
        }

        byte* at = bits + (start >> 3);
        int shift = start & 7;
        int bytes = ByteCount(shift + count);
        ulong low = 0;
        if (bytes >= 8)
        {
            low = Unsafe.ReadUnaligned<ulong>(at);
        }
        else
        {
            for (int i = 0; i < bytes; i++)
            {
                low |= (ulong)at[i] << (i * 8);
            }
        }

        ulong word = low >> shift;
        if (bytes > 8)
        {
            word |= (ulong)at[8] << (64 - shift);
        }

        return count >= 64 ? word : word & ((1UL << count) - 1);
    }

    public static int CountOnes(byte* bits, int start, int count)
    {
        int ones = 0;
        for (int done = 0; done < count; done += 64)
        {
            ones += BitOperations.PopCount(Load(bits, start + done, Math.Min(64, count - done)));
        }

        return ones;
    }

    /// <summary>Sets or clears a run of bits.</summary>
    public static void Fill(byte* bits, int start, int count, bool value)
    {
        int end = start + count;
        while (start < end && (start & 7) != 0)
        {
            Write(bits, start++, value);
        }

        int wholeBytes = (end - start) >> 3;
        if (wholeBytes > 0)
        {
            new Span<byte>(bits + (start >> 3), wholeBytes).Fill(value ? (byte)0xFF : (byte)0);
            start += wholeBytes << 3;
        }

        while (start < end)
        {
            Write(bits, start++, value);
        }
    }

    /// <summary>Copies a run of bits between any two bit positions. Bits of the target outside the run are kept.</summary>
    public static void Copy(byte* source, int sourceStart, byte* target, int targetStart, int count)
    {
        if (((sourceStart | targetStart) & 7) == 0)
        {
            int wholeBytes = count >> 3;
            Buffer.MemoryCopy(source + (sourceStart >> 3), target + (targetStart >> 3), wholeBytes, wholeBytes);
            sourceStart += wholeBytes << 3;
            targetStart += wholeBytes << 3;
            count &= 7;
        }

        while (count > 0)
        {
            // At most to the next byte boundary of the target, then 56 bits a step, which one load always covers.
            int step = Math.Min(count, (targetStart & 7) == 0 ? 56 : 8 - (targetStart & 7));
            ulong word = Load(source, sourceStart, step);
            if ((targetStart & 7) == 0 && step == 56)
            {
                byte* at = target + (targetStart >> 3);
                for (int i = 0; i < 7; i++)
                {
                    at[i] = (byte)(word >> (i * 8));
                }
            }
            else
            {
                for (int i = 0; i < step; i++)
                {
                    Write(target, targetStart + i, (word >> i & 1) != 0);
                }
            }

            sourceStart += step;
            targetStart += step;
            count -= step;
        }
    }
}
