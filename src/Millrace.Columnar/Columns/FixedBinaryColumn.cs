using System.Diagnostics;

namespace Millrace.Columnar;

/// <summary>Byte strings of one length: fixed binary and UUID.</summary>
public sealed unsafe class FixedBinaryColumn : Column
{
    private readonly NativeBuffer _values;

    /// <summary>Takes over the caller's references to both buffers.</summary>
    public FixedBinaryColumn(DataType type, int length, NativeBuffer values, NativeBuffer? validity = null, int offset = 0, int nullCount = -1)
        : base(type, length, validity, offset, nullCount)
    {
        Debug.Assert(values.Capacity >= ((long)offset + length) * type.ByteWidth);
        _values = values;
    }

    /// <summary>Bytes a value.</summary>
    public int Width => Type.ByteWidth;

    /// <summary>The values one after the other.</summary>
    public ReadOnlySpan<byte> Bytes => new(_values.Pointer + ((long)Offset * Width), Length * Width);

    public override long ByteSize => ValiditySize + ((long)Length * Width);

    internal NativeBuffer ValuesBuffer => _values;

    public ReadOnlySpan<byte> this[int row] => new(_values.Pointer + ((long)(Offset + row) * Width), Width);

    public override Column Retype(DataType type)
    {
        RequireSameLayout(type);
        return new FixedBinaryColumn(type, Length, _values.Share(), ValidityBuffer?.Share(), Offset);
    }

    protected override Column WithValidityCore(NativeBuffer validity)
        => new FixedBinaryColumn(Type, Length, _values.Share(), validity, Offset);

    protected override Column SliceCore(int start, int length)
        => new FixedBinaryColumn(Type, length, _values.Share(), ValidityBuffer?.Share(), Offset + start);

    protected override void DisposeBuffers() => _values.Dispose();
}
