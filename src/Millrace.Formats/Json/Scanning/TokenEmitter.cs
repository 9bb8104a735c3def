using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Millrace.Formats.Json;

/// <summary>Turns the bits of a block into places, one implementation for each kind of machine.</summary>
internal unsafe interface ITokenEmitter
{
    /// <summary>Writes <paramref name="at"/> plus the position of every bit; places behind the last one may be written, too. Returns where the next goes.</summary>
    static abstract uint* Emit(uint* next, ulong found, int at);
}

/// <summary>Bit by bit.</summary>
internal readonly unsafe struct BitEmitter : ITokenEmitter
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint* Emit(uint* next, ulong found, int at)
    {
        uint* end = next + BitOperations.PopCount(found);
        while (found != 0)
        {
            *next++ = (uint)(at + BitOperations.TrailingZeroCount(found));
            found &= found - 1;
        }

        return end;
    }
}

/// <summary>All bits at once: AVX-512 VBMI2 moves the numbers of the bits that are set together.</summary>
internal readonly unsafe struct CompressEmitter : ITokenEmitter
{
    private const int Lanes = 16;

    public static bool IsSupported => Avx512Vbmi2.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint* Emit(uint* next, ulong found, int at)
    {
        uint* end = next + BitOperations.PopCount(found);
        Vector512<byte> places = Avx512Vbmi2.Compress(Vector512<byte>.Zero, Spread(found), Vector512<byte>.Indices);
        Vector512<uint> origin = Vector512.Create((uint)at);
        Store(places.GetLower().GetLower(), origin, next);
        if (end > next + Lanes)
        {
            Store(places.GetLower().GetUpper(), origin, next + Lanes);
            if (end > next + (2 * Lanes))
            {
                Store(places.GetUpper().GetLower(), origin, next + (2 * Lanes));
                Store(places.GetUpper().GetUpper(), origin, next + (3 * Lanes));
            }
        }

        return end;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector128<byte> places, Vector512<uint> origin, uint* target)
        => (Avx512F.ConvertToVector512UInt32(places) + origin).Store(target);

    // A byte of ones for each bit: byte i / 8 of the bits into byte i, then one bit of it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Spread(ulong bits)
    {
        Vector512<byte> select = Vector512.Create(
            0x0000000000000000UL, 0x0101010101010101UL, 0x0202020202020202UL, 0x0303030303030303UL,
            0x0404040404040404UL, 0x0505050505050505UL, 0x0606060606060606UL, 0x0707070707070707UL).AsByte();
        Vector512<byte> bit = Vector512.Create(0x8040201008040201UL).AsByte();
        Vector512<byte> spread = Avx512BW.Shuffle(Vector512.Create(bits).AsByte(), select);
        return Vector512.Equals(spread & bit, bit);
    }
}
