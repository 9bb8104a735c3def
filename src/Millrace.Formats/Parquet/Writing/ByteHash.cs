using System.Runtime.CompilerServices;

namespace Millrace.Formats.Parquet;

/// <summary>Hashes and comparisons of byte strings, most of which are short. The hash differs from process to process.</summary>
internal static unsafe class ByteHash
{
    // Unknown outside the process, so that no input can be made to collide.
    private static readonly ulong Seed = (ulong)Random.Shared.NextInt64();
    private static readonly ulong Key = (ulong)Random.Shared.NextInt64() | 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Compute(byte* data, int length)
    {
        ulong first;
        ulong second;
        if (length > 16)
        {
            return Long(data, length);
        }

        // Two reads that overlap cover every length without a loop.
        if (length >= 8)
        {
            first = Unsafe.ReadUnaligned<ulong>(data);
            second = Unsafe.ReadUnaligned<ulong>(data + length - 8);
        }
        else if (length >= 4)
        {
            first = Unsafe.ReadUnaligned<uint>(data);
            second = Unsafe.ReadUnaligned<uint>(data + length - 4);
        }
        else if (length > 0)
        {
            first = data[0] | ((uint)data[length >> 1] << 8) | ((uint)data[length - 1] << 16);
            second = 0;
        }
        else
        {
            first = second = 0;
        }

        return Mix(Mix(first ^ Seed, Key ^ (uint)length) ^ second, Key);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Equal(byte* a, byte* b, int length)
    {
        if (length > 16)
        {
            return new ReadOnlySpan<byte>(a, length).SequenceEqual(new ReadOnlySpan<byte>(b, length));
        }

        if (length >= 8)
        {
            return Unsafe.ReadUnaligned<ulong>(a) == Unsafe.ReadUnaligned<ulong>(b)
                && Unsafe.ReadUnaligned<ulong>(a + length - 8) == Unsafe.ReadUnaligned<ulong>(b + length - 8);
        }

        if (length >= 4)
        {
            return Unsafe.ReadUnaligned<uint>(a) == Unsafe.ReadUnaligned<uint>(b)
                && Unsafe.ReadUnaligned<uint>(a + length - 4) == Unsafe.ReadUnaligned<uint>(b + length - 4);
        }

        for (int i = 0; i < length; i++)
        {
            if (a[i] != b[i])
            {
                return false;
            }
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Long(byte* data, int length)
    {
        ulong hash = Seed ^ (uint)length;
        byte* last = data + length - 16;
        for (; data < last; data += 16)
        {
            hash = Mix(Unsafe.ReadUnaligned<ulong>(data) ^ hash, Unsafe.ReadUnaligned<ulong>(data + 8) ^ Key);
        }

        hash = Mix(Unsafe.ReadUnaligned<ulong>(last) ^ hash, Unsafe.ReadUnaligned<ulong>(last + 8) ^ Key);
        return Mix(hash, Key);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return high ^ low;
    }
}
