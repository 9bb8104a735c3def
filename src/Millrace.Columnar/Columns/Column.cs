using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Millrace.Columnar;

/// <summary>
/// Values of one type, immutable, in Arrow memory layout. Owned by counting: whoever gets a column from a builder, a
/// kernel, <see cref="Slice"/> or <see cref="Share"/> disposes it once. Any thread may read; a value at a null row is
/// undefined but always readable memory.
/// </summary>
public abstract unsafe class Column : IDisposable
{
    private readonly NativeBuffer? _validity;
    private int _nullCount;
    private int _references = 1;

    /// <param name="type">The type of the values.</param>
    /// <param name="length">Rows.</param>
    /// <param name="validity">Bit per row, one for a value and zero for null; absent when no row is null. The column takes over the caller's reference.</param>
    /// <param name="offset">Bit position of row 0 in <paramref name="validity"/>; subclasses use it for their buffers too.</param>
    /// <param name="nullCount">Number of nulls, or -1 to count when first asked.</param>
    protected Column(DataType type, int length, NativeBuffer? validity, int offset, int nullCount = -1)
    {
        Debug.Assert(length >= 0 && offset >= 0);
        Type = type;
        Length = length;
        Offset = offset;
        _validity = validity;
        _nullCount = validity is null ? 0 : nullCount;
    }

    public DataType Type { get; }

    public int Length { get; }

    public int NullCount => _nullCount >= 0 ? _nullCount : _nullCount = Length - Validity.CountOnes();

    public bool HasNulls => NullCount > 0;

    /// <summary>Bit per row, one where there is a value.</summary>
    public Bitmap Validity => new(_validity is null ? null : _validity.Pointer, Offset, Length);

    /// <summary>Row 0's place in the buffers, in elements.</summary>
    internal int Offset { get; }

    internal NativeBuffer? ValidityBuffer => _validity;

    /// <summary>Bytes of the rows' values, offsets and validity; what a batch of them weighs, not what is allocated.</summary>
    public abstract long ByteSize { get; }

    protected long ValiditySize => _validity is null ? 0 : Bits.ByteCount(Length);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsNull(int row) => _validity is not null && !Bits.Get(_validity.Pointer, Offset + row);

    /// <summary>Adds an owner and returns the column.</summary>
    public Column Share()
    {
        int count = Interlocked.Increment(ref _references);
        Debug.Assert(count > 1, "Column shared after its last dispose.");
        return this;
    }

    /// <summary>A view of some rows; it copies nothing and has a life of its own.</summary>
    public Column Slice(int start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + (long)length, Length);
        return start == 0 && length == Length ? Share() : SliceCore(start, length);
    }

    public void Dispose()
    {
        int count = Interlocked.Decrement(ref _references);
        Debug.Assert(count >= 0, "Column disposed more often than it was shared.");
        if (count == 0)
        {
            _validity?.Dispose();
            DisposeBuffers();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>The same memory under another type of the same layout and width.</summary>
    public abstract Column Retype(DataType type);

    /// <summary>The same values with nulls also where the bitmap has zeros. It copies no values.</summary>
    public Column WithNulls(Bitmap valid)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(valid.Length, Length);
        if (valid.IsAbsent)
        {
            return Share();
        }

        // The buffers keep their offset, so the bits stand behind as many that nobody reads.
        NativeBuffer bits = KernelMemory.RentBits(checked(Offset + Length + 64));
        Bits.Copy(valid.Pointer, valid.Offset, bits.Pointer, Offset, Length);
        if (_validity is not null)
        {
            for (int at = 0; at < Length; at += 8)
            {
                int count = Math.Min(8, Length - at);
                ulong both = Bits.Load(bits.Pointer, Offset + at, count) & Bits.Load(_validity.Pointer, Offset + at, count);
                Bits.Copy((byte*)&both, 0, bits.Pointer, Offset + at, count);
            }
        }

        return WithValidityCore(bits);
    }

    /// <summary>The same values under another validity, which stands at the same offset and is taken over.</summary>
    protected abstract Column WithValidityCore(NativeBuffer validity);

    protected abstract Column SliceCore(int start, int length);

    protected abstract void DisposeBuffers();

    protected void RequireSameLayout(DataType type)
    {
        if (type.Layout != Type.Layout || type.ByteWidth != Type.ByteWidth || type.Children.Count != Type.Children.Count)
        {
            throw new ArgumentException($"{type} does not lie in memory as {Type} does.");
        }
    }
}
