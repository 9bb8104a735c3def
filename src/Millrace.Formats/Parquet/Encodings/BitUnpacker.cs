using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Millrace.Formats.Parquet;

/// <summary>
/// Takes apart numbers packed from the lowest bit of the first byte, in groups of eight. Reads up to
/// <see cref="Slack"/> bytes beyond the last number, which all page memory has.
/// </summary>
internal static unsafe class BitUnpacker
{
    /// <summary>Bytes after the end of a page that can be read, whatever they hold.</summary>
    public const int Slack = 32;

    // Beyond this width a number and its shift no longer fit into the 32 bits of a lane.
    private const int MaxVectorWidth = 25;

    private static readonly Vector256<byte>[] Shuffles = MakeShuffles();
    private static readonly Vector256<uint>[] Shifts = MakeShifts();

    /// <summary>The number at a position, of at most 57 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Get(byte* packed, long index, int width)
    {
        long bit = index * width;
        ulong word = Unsafe.ReadUnaligned<ulong>(packed + (bit >> 3)) >> (int)(bit & 7);
        return word & ((1UL << width) - 1);
    }

    /// <summary>Unpacks eight numbers a group, of 1 to 32 bits.</summary>
    public static void Unpack(byte* packed, int* target, int groups, int width)
    {
        if (Avx2.IsSupported && width <= MaxVectorWidth)
        {
            UnpackVector(packed, target, groups, width);
            return;
        }

        for (int group = 0; group < groups; group++)
        {
            for (int i = 0; i < 8; i++)
            {
                target[i] = (int)Get(packed, i, width);
            }

            packed += width;
            target += 8;
        }
    }

    /// <summary>Unpacks eight numbers a group, of 1 to 8 bits.</summary>
    public static void Unpack(byte* packed, byte* target, int groups, int width)
    {
        if (Bmi2.X64.IsSupported)
        {
            ulong lanes = 0x0101_0101_0101_0101UL * ((1UL << width) - 1);
            for (int group = 0; group < groups; group++)
            {
                Unsafe.WriteUnaligned(target, Bmi2.X64.ParallelBitDeposit(Unsafe.ReadUnaligned<ulong>(packed), lanes));
                packed += width;
                target += 8;
            }

            return;
        }

        for (int group = 0; group < groups; group++)
        {
            for (int i = 0; i < 8; i++)
            {
                target[i] = (byte)Get(packed, i, width);
            }

            packed += width;
            target += 8;
        }
    }

    // The upper four numbers start width / 2 bytes after the lower four, and 4 bits later still if the width is odd. Each
    // lane gets the four bytes that hold its number, moves it down and masks it.
    private static void UnpackVector(byte* packed, int* target, int groups, int width)
    {
        var eight = new Eight(width);
        for (int group = 0; group < groups; group++)
        {
            eight.Next(ref packed).Store(target);
            target += 8;
        }
    }

    /// <summary>Takes apart eight numbers at once, of 0 to <see cref="MaxWidth"/> bits, on processors with AVX2.</summary>
    public readonly struct Eight(int width)
    {
        /// <summary>Widest numbers.</summary>
        public const int MaxWidth = MaxVectorWidth;

        private readonly Vector256<byte> _shuffle = Shuffles[width];
        private readonly Vector256<uint> _shift = Shifts[width];
        private readonly Vector256<uint> _mask = Vector256.Create((1u << width) - 1);

        /// <summary>The next eight numbers; moves behind them.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<int> Next(ref byte* packed)
        {
            Vector256<byte> bytes = Vector256.Create(Vector128.Load(packed), Vector128.Load(packed + (width >> 1)));
            packed += width;
            return (Avx2.ShiftRightLogicalVariable(Avx2.Shuffle(bytes, _shuffle).AsUInt32(), _shift) & _mask).AsInt32();
        }
    }

    private static Vector256<byte>[] MakeShuffles()
    {
        var tables = new Vector256<byte>[MaxVectorWidth + 1];
        Span<byte> table = stackalloc byte[32];
        for (int width = 0; width <= MaxVectorWidth; width++)
        {
            for (int i = 0; i < 8; i++)
            {
                for (int b = 0; b < 4; b++)
                {
                    table[(i * 4) + b] = (byte)((BitInHalf(i, width) >> 3) + b);
                }
            }

            tables[width] = Vector256.Create<byte>(table);
        }

        return tables;
    }

    private static Vector256<uint>[] MakeShifts()
    {
        var tables = new Vector256<uint>[MaxVectorWidth + 1];
        Span<uint> table = stackalloc uint[8];
        for (int width = 0; width <= MaxVectorWidth; width++)
        {
            for (int i = 0; i < 8; i++)
            {
                table[i] = (uint)(BitInHalf(i, width) & 7);
            }

            tables[width] = Vector256.Create<uint>(table);
        }

        return tables;
    }

    private static int BitInHalf(int number, int width)
        => number < 4 ? number * width : (number * width) - ((width >> 1) << 3);
}
