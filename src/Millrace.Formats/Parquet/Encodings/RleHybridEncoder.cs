using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>
/// The hybrid of runs and bit-packed groups of eight (Encodings.md, "RLE"). A run is written where eight or more equal
/// values start at a group's first place; packed groups always hold eight values, only the last of them may be filled up.
/// </summary>
internal static unsafe class RleHybridEncoder
{
    private const int GroupSize = 8;

    // The header of packed groups is a byte while there are at most 63 of them.
    private const int MaxGroups = 63;

    /// <summary>Bits that the largest value needs.</summary>
    public static int WidthOf(int max) => 32 - BitOperations.LeadingZeroCount((uint)max);

    /// <summary>Encodes values of <see cref="int"/>, such as indices, or <see cref="byte"/>, such as levels.</summary>
    public static void Encode<T>(T* values, int count, int width, ByteBuffer target)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (width == 0)
        {
            AppendRun(target, count, 0, width);
            return;
        }

        T* padded = stackalloc T[GroupSize];
        int at = 0;
        while (at < count)
        {
            if (StartsRun(values + at, count - at))
            {
                int differs = new ReadOnlySpan<T>(values + at, count - at).IndexOfAnyExcept(values[at]);
                int run = differs < 0 ? count - at : differs;
                AppendRun(target, run, uint.CreateTruncating(values[at]), width);
                at += run;
                continue;
            }

            // Groups up to the next run or the end.
            int header = target.Length;
            target.Write((byte)0);
            byte* packed = target.Reserve((MaxGroups * width) + BitPackEncoder.Slack);
            int groups = 0;
            do
            {
                T* group = values + at;
                if (count - at < GroupSize)
                {
                    new Span<T>(padded, GroupSize).Clear();
                    new ReadOnlySpan<T>(group, count - at).CopyTo(new Span<T>(padded, GroupSize));
                    group = padded;
                }

                if (typeof(T) == typeof(byte))
                {
                    BitPackEncoder.Pack8((byte*)group, width, packed + (groups * width));
                }
                else
                {
                    BitPackEncoder.Pack8((int*)group, width, packed + (groups * width));
                }

                groups++;
                at += GroupSize;
            }
            while (at < count && groups < MaxGroups && !StartsRun(values + at, count - at));

            target.Pointer[header] = (byte)((groups << 1) | 1);
            target.Advance(groups * width);
        }
    }

    /// <summary>A run of one value.</summary>
    public static void AppendRun(ByteBuffer target, int count, uint value, int width)
    {
        target.AppendVarInt((ulong)count << 1);
        for (int bits = 0; bits < width; bits += 8)
        {
            target.Write((byte)(value >> bits));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool StartsRun<T>(T* values, int count)
        where T : unmanaged
    {
        if (count < GroupSize)
        {
            return false;
        }

        return typeof(T) == typeof(byte)
            ? *(ulong*)values == *(byte*)values * 0x0101_0101_0101_0101UL
            : Vector256.EqualsAll(Vector256.Load((int*)values), Vector256.Create(*(int*)values));
    }
}
