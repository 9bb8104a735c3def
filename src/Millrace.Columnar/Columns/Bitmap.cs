using System.Runtime.CompilerServices;

namespace Millrace.Columnar;

/// <summary>A read-only view of bits in a column's memory. Lives as long as the column. An absent bitmap reads as all ones.</summary>
public readonly unsafe struct Bitmap(byte* bits, int offset, int length)
{
    private readonly byte* _bits = bits;

    /// <summary>Position of the first bit in <see cref="Pointer"/>.</summary>
    public int Offset => offset;

    public int Length => length;

    /// <summary>No memory: every bit counts as one.</summary>
    public bool IsAbsent => _bits == null;

    public byte* Pointer => _bits;

    public bool this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _bits == null || Bits.Get(_bits, offset + index);
    }

    public Bitmap Slice(int start, int count) => new(_bits, offset + start, count);

    public int CountOnes() => _bits == null ? length : Bits.CountOnes(_bits, offset, length);

    /// <summary>Up to 64 bits from position <paramref name="start"/>, the first in the lowest bit; those past the end are zero.</summary>
    public ulong Word(int start)
    {
        int count = Math.Min(64, length - start);
        if (_bits == null)
        {
            return count >= 64 ? ulong.MaxValue : count <= 0 ? 0 : (1UL << count) - 1;
        }

        return Bits.Load(_bits, offset + start, count);
    }
}
