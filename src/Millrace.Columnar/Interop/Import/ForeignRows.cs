using System.Runtime.CompilerServices;

namespace Millrace.Columnar.Interop;

/// <summary>
/// A run of rows of one foreign node and its buffers. Whole groups of eight rows before the first are cut off, so that
/// positions fit into 32 bits however far into its buffers a producer's slice begins.
/// </summary>
internal readonly unsafe struct ForeignRows
{
    private readonly ForeignArray _owner;
    private readonly ArrowArray* _array;
    private readonly long _base;
    private readonly DataType _type;

    /// <param name="owner">Who keeps the memory alive.</param>
    /// <param name="array">The node; its counts are checked already.</param>
    /// <param name="start">First row, counted from the node's own offset.</param>
    /// <param name="length">Rows; they exist.</param>
    /// <param name="node">The node's type.</param>
    public ForeignRows(ForeignArray owner, ArrowArray* array, long start, long length, ShapeNode node)
    {
        _owner = owner;
        _array = array;
        _type = node.Type;
        First = array->Offset + start;
        _base = First & ~7L;
        Offset = (int)(First & 7);
        Length = length <= int.MaxValue - 64 ? (int)length : throw ColumnarErrors.ColumnTooLarge(_type.ToString());
    }

    /// <summary>The first row's place in the buffers and children.</summary>
    public long First { get; }

    /// <summary>Row 0's place in the buffers that this hands out.</summary>
    public int Offset { get; }

    public int Length { get; }

    public DataType Type => _type;

    private int End => Offset + Length;

    /// <summary>The validity bits, if any row is null.</summary>
    public NativeBuffer? Validity()
    {
        var bits = (byte*)_array->Buffers[0];
        if (bits == null)
        {
            return null;
        }

        bits += _base >> 3;
        return Columnar.Bits.CountOnes(bits, Offset, Length) == Length ? null : _owner.Lend(bits, Columnar.Bits.ByteCount(End));
    }

    /// <summary>The validity bits copied so that they begin with row 0, if any row is null.</summary>
    public NativeBuffer? ValidityFromZero()
    {
        using NativeBuffer? lent = Validity();
        if (lent is null)
        {
            return null;
        }

        NativeBuffer copy = KernelMemory.RentBits(Length);
        Columnar.Bits.Copy(lent.Pointer, Offset, copy.Pointer, 0, Length);
        return copy;
    }

    /// <summary>A buffer of bits.</summary>
    public NativeBuffer Bits(int buffer) => Share((byte*)_array->Buffers[buffer], _base >> 3, Columnar.Bits.ByteCount(End), alignment: 1);

    /// <summary>A buffer of values.</summary>
    public NativeBuffer Values(int buffer, int width)
        => Share((byte*)_array->Buffers[buffer], _base * width, (long)End * width, alignment: (width & 7) == 0 ? 8 : width & -width);

    /// <summary>The buffer of 32-bit offsets, one more than rows.</summary>
    public NativeBuffer Offsets(int buffer)
    {
        var offsets = (byte*)_array->Buffers[buffer];
        if (offsets == null && Length == 0)
        {
            // Old producers have no offsets where there are no rows.
            return BufferPool.RentZeroed((End + 1) * sizeof(int));
        }

        return Share(offsets, _base * sizeof(int), (End + 1L) * sizeof(int), alignment: sizeof(int));
    }

    /// <summary>Where row 0 begins in a buffer of values of some width; null only if there are no rows.</summary>
    public byte* Start(int buffer, int width)
    {
        var values = (byte*)_array->Buffers[buffer];
        return values != null || Length == 0
            ? values + (First * width)
            : throw ArrowErrors.Invalid($"A buffer of {_type} is a null pointer");
    }

    /// <summary>Bytes that offsets point into.</summary>
    public NativeBuffer Data(int buffer, long start, int bytes)
        => bytes == 0 ? BufferPool.Rent(0) : Share((byte*)_array->Buffers[buffer], start, bytes, alignment: 1);

    /// <summary>Offsets of lists that all have one length.</summary>
    public NativeBuffer EvenOffsets(int size)
    {
        if ((long)Length * size > int.MaxValue)
        {
            throw ColumnarErrors.ColumnTooLarge(_type.ToString());
        }

        NativeBuffer offsets = KernelMemory.Rent((Length + 1L) * sizeof(int), _type);
        var target = (int*)offsets.Pointer;
        for (int i = 0; i <= Length; i++)
        {
            target[i] = i * size;
        }

        return offsets;
    }

    /// <summary>Offsets must ascend from 0 or more; returns the last.</summary>
    public static int CheckOffsets(int* offsets, int rows)
    {
        int previous = offsets[0];
        int signs = previous;
        for (int i = 1; i <= rows; i++)
        {
            // Negative if any offset is less than the one before, once all are known not to be negative.
            signs |= offsets[i] | (offsets[i] - previous);
            previous = offsets[i];
        }

        return signs >= 0 ? previous : throw ArrowErrors.Invalid("Offsets descend or are negative");
    }

    // Memory that does not lie as .NET expects values of its width is copied.
    private NativeBuffer Share(byte* pointer, long start, long bytes, int alignment)
    {
        if (pointer == null)
        {
            return Length == 0 ? BufferPool.RentZeroed((int)bytes) : throw ArrowErrors.Invalid($"A buffer of {_type} is a null pointer");
        }

        if (bytes > BufferPool.MaxCapacity)
        {
            throw ColumnarErrors.ColumnTooLarge(_type.ToString());
        }

        pointer += start;
        if ((nint)pointer % alignment == 0)
        {
            return _owner.Lend(pointer, (int)bytes);
        }

        NativeBuffer copy = BufferPool.Rent((int)bytes);
        Unsafe.CopyBlockUnaligned(copy.Pointer, pointer, (uint)bytes);
        return copy;
    }
}
