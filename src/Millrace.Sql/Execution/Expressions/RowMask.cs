using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>A set of the rows of a batch, as words of 64 bits. Bits past the last row are zero.</summary>
internal sealed unsafe class RowMask : IDisposable
{
    private readonly NativeBuffer _memory;

    private RowMask(int rows)
    {
        Rows = rows;
        _memory = KernelMemory.RentBits(rows);
    }

    /// <summary>The memory of the bits, for a column that shares it.</summary>
    public NativeBuffer Memory => _memory;

    public int Rows { get; }

    public ulong* Words => (ulong*)_memory.Pointer;

    public int WordCount => (Rows + 63) >> 6;

    /// <summary>A view; it lives as long as the mask.</summary>
    public Bitmap Bits => new(_memory.Pointer, 0, Rows);

    public static RowMask None(int rows)
    {
        var mask = new RowMask(rows);
        new Span<ulong>(mask.Words, mask.WordCount).Clear();
        return mask;
    }

    /// <summary>The ones of a bitmap; all rows if it is absent.</summary>
    public static RowMask Copy(Bitmap bits, int rows)
    {
        var mask = new RowMask(rows);
        Bitmap source = bits.IsAbsent ? new Bitmap(null, 0, rows) : bits;
        for (int at = 0; at < rows; at += 64)
        {
            mask.Words[at >> 6] = source.Word(at);
        }

        return mask;
    }

    /// <summary>The rows of this mask that a condition is true in.</summary>
    public RowMask Where(PartialVector condition)
    {
        var taken = new RowMask(Rows);
        var bits = new PartialBits(condition, this);
        for (int i = 0; i < WordCount; i++)
        {
            bits.Next(out ulong value, out ulong valid);
            taken.Words[i] = value & valid & Words[i];
        }

        return taken;
    }

    /// <summary>The rows of this mask that have a value.</summary>
    public RowMask WhereNotNull(PartialVector values)
    {
        var taken = new RowMask(Rows);
        var bits = new PartialBits(values, this);
        for (int i = 0; i < WordCount; i++)
        {
            taken.Words[i] = bits.NextValid() & Words[i];
        }

        return taken;
    }

    public void Remove(RowMask other)
    {
        for (int i = 0; i < WordCount; i++)
        {
            Words[i] &= ~other.Words[i];
        }
    }

    public int Count()
    {
        int count = 0;
        for (int i = 0; i < WordCount; i++)
        {
            count += BitOperations.PopCount(Words[i]);
        }

        return count;
    }

    /// <summary>Moves the low bits of a word to the places where the mask has ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Deposit(ulong bits, ulong mask)
    {
        if (Bmi2.X64.IsSupported)
        {
            return Bmi2.X64.ParallelBitDeposit(bits, mask);
        }

        ulong result = 0;
        for (; mask != 0; mask &= mask - 1, bits >>= 1)
        {
            result |= (bits & 1) << BitOperations.TrailingZeroCount(mask);
        }

        return result;
    }

    public void Dispose() => _memory.Dispose();
}
