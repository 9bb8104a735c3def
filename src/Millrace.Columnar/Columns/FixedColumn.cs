using System.Diagnostics;

namespace Millrace.Columnar;

/// <summary>A column whose values are .NET values of one size: numbers, decimals, dates, times, intervals.</summary>
public sealed unsafe class FixedColumn<T> : Column
    where T : unmanaged
{
    private readonly NativeBuffer _values;

    /// <summary>Takes over the caller's references to both buffers.</summary>
    public FixedColumn(DataType type, int length, NativeBuffer values, NativeBuffer? validity = null, int offset = 0, int nullCount = -1)
        : base(type, length, validity, offset, nullCount)
    {
        Debug.Assert(type.ByteWidth == sizeof(T));
        Debug.Assert(values.Capacity >= ((long)offset + length) * sizeof(T));
        _values = values;
    }

    public ReadOnlySpan<T> Values => new((T*)_values.Pointer + Offset, Length);

    public override long ByteSize => ValiditySize + ((long)Length * sizeof(T));

    internal NativeBuffer ValuesBuffer => _values;

    public override Column Retype(DataType type)
    {
        RequireSameLayout(type);
        return new FixedColumn<T>(type, Length, _values.Share(), ValidityBuffer?.Share(), Offset);
    }

    protected override Column WithValidityCore(NativeBuffer validity)
        => new FixedColumn<T>(Type, Length, _values.Share(), validity, Offset);

    protected override Column SliceCore(int start, int length)
        => new FixedColumn<T>(Type, length, _values.Share(), ValidityBuffer?.Share(), Offset + start);

    protected override void DisposeBuffers() => _values.Dispose();
}
