using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Millrace.Formats.Parquet;

/// <summary>Packs values of a fixed number of bits, the first value in the lowest bits (Encodings.md, "RLE").</summary>
internal static unsafe class BitPackEncoder
{
    /// <summary>Bytes that <see cref="Pack8(int*, int, byte*)"/> may write beyond the packed ones.</summary>
    public const int Slack = 8;

    /// <summary>Packs eight values of at most 32 bits into <paramref name="width"/> bytes; up to <see cref="Slack"/> bytes more are overwritten.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Pack8(int* values, int width, byte* target)
    {
        Debug.Assert(width is > 0 and <= 32);
        if (Bmi2.X64.IsSupported && width <= 16)
        {
            Vector256<int> wide = Vector256.Load(values);
            Vector128<ushort> narrow = Vector128.Narrow(wide.GetLower().AsUInt32(), wide.GetUpper().AsUInt32());
            if (width <= 8)
            {
                ulong bytes = Vector128.Narrow(narrow, narrow).AsUInt64().ToScalar();
                ulong mask = ((1UL << width) - 1) * 0x0101_0101_0101_0101;
                Unsafe.WriteUnaligned(target, Bmi2.X64.ParallelBitExtract(bytes, mask));
            }
            else
            {
                ulong mask = ((1UL << width) - 1) * 0x0001_0001_0001_0001;
                ulong low = Bmi2.X64.ParallelBitExtract(narrow.AsUInt64().ToScalar(), mask);
                ulong high = Bmi2.X64.ParallelBitExtract(narrow.AsUInt64().GetElement(1), mask);
                int bits = width * 4;
                // Four values fill a whole number of half bytes.
                Unsafe.WriteUnaligned(target, bits == 64 ? low : low | (high << bits));
                Unsafe.WriteUnaligned(target + 8, bits == 64 ? high : high >> (64 - bits));
            }

            return;
        }

        Pack8Scalar(values, width, target);
    }

    /// <summary>Packs eight bytes of at most 8 bits each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Pack8(byte* values, int width, byte* target)
    {
        ulong bytes = Unsafe.ReadUnaligned<ulong>(values);
        if (Bmi2.X64.IsSupported)
        {
            Unsafe.WriteUnaligned(target, Bmi2.X64.ParallelBitExtract(bytes, ((1UL << width) - 1) * 0x0101_0101_0101_0101));
            return;
        }

        ulong packed = 0;
        for (int i = 0; i < 8; i++)
        {
            packed |= (ulong)values[i] << (i * width);
        }

        Unsafe.WriteUnaligned(target, packed);
    }

    /// <summary>Packs 32 values of at most 64 bits into <c>width * 4</c> bytes; up to <see cref="Slack"/> bytes more are overwritten, and so are the values.</summary>
    public static void Pack32(ulong* values, int width, byte* target)
    {
        if (width == 64)
        {
            Unsafe.CopyBlockUnaligned(target, values, 32 * sizeof(ulong));
            return;
        }

        // Narrow values are put together first, so that the loop with its branch runs over fewer.
        switch (width)
        {
            case <= 16:
                for (int i = 0; i < 8; i++)
                {
                    ulong* four = values + (i * 4);
                    values[i] = four[0] | (four[1] << width) | ((four[2] | (four[3] << width)) << (width * 2));
                }

                Append(values, 8, width * 4, target);
                break;
            case <= 32:
                for (int i = 0; i < 16; i++)
                {
                    ulong* two = values + (i * 2);
                    values[i] = two[0] | (two[1] << width);
                }

                Append(values, 16, width * 2, target);
                break;
            default:
                Append(values, 32, width, target);
                break;
        }
    }

    private static void Append(ulong* values, int count, int width, byte* target)
    {
        ulong pending = 0;
        int bits = 0;
        for (int i = 0; i < count; i++)
        {
            ulong value = values[i];
            pending |= value << bits;
            bits += width;
            if (bits >= 64)
            {
                Unsafe.WriteUnaligned(target, pending);
                target += 8;
                bits -= 64;
                // What did not fit; when the word was filled exactly, nothing.
                pending = bits == 0 ? 0 : value >> (width - bits);
            }
        }

        Unsafe.WriteUnaligned(target, pending);
    }

    private static void Pack8Scalar(int* values, int width, byte* target)
    {
        ulong pending = 0;
        int bits = 0;
        for (int i = 0; i < 8; i++)
        {
            pending |= (ulong)(uint)values[i] << bits;
            bits += width;
            if (bits >= 32)
            {
                Unsafe.WriteUnaligned(target, (uint)pending);
                target += 4;
                pending >>= 32;
                bits -= 32;
            }
        }

        Unsafe.WriteUnaligned(target, pending);
    }
}
