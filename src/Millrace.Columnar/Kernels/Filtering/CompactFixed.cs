using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Millrace.Columnar;

/// <summary>
/// Moves the selected values of a fixed width together: 64 rows at a time, skipped or copied whole where the mask says
/// so, otherwise by the processor's compress instruction or one set bit after the other.
/// </summary>
internal static unsafe class CompactFixed
{
    /// <summary>Writes the selected values to <paramref name="target"/>, which has room for all of them and <see cref="KernelMemory.Slack"/>.</summary>
    public static void Copy(byte* source, int width, Bitmap mask, byte* target)
    {
        switch (width)
        {
            case 1: Copy((byte*)source, mask, (byte*)target); break;
            case 2: Copy((ushort*)source, mask, (ushort*)target); break;
            case 4: Copy((uint*)source, mask, (uint*)target); break;
            case 8: Copy((ulong*)source, mask, (ulong*)target); break;
            case 16: Copy((UInt128*)source, mask, (UInt128*)target); break;
            default: CopyRuns(source, width, mask, target); break;
        }
    }

    private static void Copy<T>(T* source, Bitmap mask, T* target)
        where T : unmanaged
    {
        for (int at = 0; at < mask.Length; at += 64, source += 64)
        {
            ulong selected = mask.Word(at);
            if (selected == 0)
            {
                continue;
            }

            if (selected == ulong.MaxValue)
            {
                Unsafe.CopyBlockUnaligned(target, source, (uint)(64 * sizeof(T)));
                target += 64;
            }
            else if (mask.Length - at >= 64 && CanCompress<T>())
            {
                target = Compress(source, selected, target);
            }
            else
            {
                for (; selected != 0; selected &= selected - 1)
                {
                    *target++ = source[BitOperations.TrailingZeroCount(selected)];
                }
            }
        }
    }

    private static bool CanCompress<T>()
        where T : unmanaged => sizeof(T) switch
        {
            1 or 2 => Avx512Vbmi2.IsSupported,
            4 or 8 => Avx512F.IsSupported,
            _ => false,
        };

    // Every store writes a whole register; what lies past the selected values is overwritten by the next or is slack.
    private static T* Compress<T>(T* source, ulong selected, T* target)
        where T : unmanaged
    {
        int lanes = 64 / sizeof(T);
        for (int i = 0; i < 64; i += lanes)
        {
            ulong part = sizeof(T) == 1 ? selected : selected >> i & ((1UL << lanes) - 1);
            if (sizeof(T) == 8)
            {
                Vector512<ulong> bits = Vector512.Create(1UL, 2, 4, 8, 16, 32, 64, 128);
                Vector512<ulong> chosen = Vector512.Equals(Vector512.Create(part) & bits, bits);
                Avx512F.Compress(Vector512<ulong>.Zero, chosen, Vector512.Load((ulong*)(source + i))).Store((ulong*)target);
            }
            else if (sizeof(T) == 4)
            {
                Vector512<uint> bits = Avx512F.ShiftLeftLogicalVariable(Vector512<uint>.One, Vector512<uint>.Indices);
                Vector512<uint> chosen = Vector512.Equals(Vector512.Create((uint)part) & bits, bits);
                Avx512F.Compress(Vector512<uint>.Zero, chosen, Vector512.Load((uint*)(source + i))).Store((uint*)target);
            }
            else if (sizeof(T) == 2)
            {
                // Lane k holds the half of the 32 bits that k's bit is in.
                Vector256<ushort> lane = Vector256.Create((ushort)1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768);
                Vector512<ushort> bits = Vector512.Create(lane, lane);
                Vector512<ushort> spread = Vector512.Create(Vector256.Create((ushort)part), Vector256.Create((ushort)(part >> 16)));
                Vector512<ushort> chosen = Vector512.Equals(spread & bits, bits);
                Avx512Vbmi2.Compress(Vector512<ushort>.Zero, chosen, Vector512.Load((ushort*)(source + i))).Store((ushort*)target);
            }
            else
            {
                // Lane k holds byte k / 8 of the 64 bits.
                Vector512<byte> bits = Vector512.Create(0x8040_2010_0804_0201UL).AsByte();
                Vector512<ulong> bytes = Avx512F.ShiftRightLogicalVariable(Vector512.Create(part), Vector512.Create(0UL, 8, 16, 24, 32, 40, 48, 56)) & Vector512.Create(0xFFUL);
                Vector512<byte> spread = Vector512.Multiply(bytes, Vector512.Create(0x0101_0101_0101_0101UL)).AsByte();
                Vector512<byte> chosen = Vector512.Equals(spread & bits, bits);
                Avx512Vbmi2.Compress(Vector512<byte>.Zero, chosen, Vector512.Load((byte*)(source + i))).Store((byte*)target);
            }

            target += BitOperations.PopCount(part);
        }

        return target;
    }

    private static void CopyRuns(byte* source, int width, Bitmap mask, byte* target)
    {
        var runs = new BitRuns(mask);
        while (runs.Next(out int start, out int count))
        {
            long bytes = (long)count * width;
            Buffer.MemoryCopy(source + ((long)start * width), target, bytes, bytes);
            target += bytes;
        }
    }
}
