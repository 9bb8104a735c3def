namespace Millrace.Columnar;

/// <summary>Booleans, one bit each.</summary>
public sealed unsafe class BooleanColumn : Column
{
    private readonly NativeBuffer _values;

    /// <summary>Takes over the caller's references to both buffers.</summary>
    public BooleanColumn(int length, NativeBuffer values, NativeBuffer? validity = null, int offset = 0, int nullCount = -1)
        : base(DataType.Boolean, length, validity, offset, nullCount) => _values = values;

    public Bitmap Values => new(_values.Pointer, Offset, Length);

    public override long ByteSize => ValiditySize + Bits.ByteCount(Length);

    internal NativeBuffer ValuesBuffer => _values;

    public override Column Retype(DataType type)
    {
        RequireSameLayout(type);
        return Share();
    }

    protected override Column WithValidityCore(NativeBuffer validity)
        => new BooleanColumn(Length, _values.Share(), validity, Offset);

    protected override Column SliceCore(int start, int length)
        => new BooleanColumn(length, _values.Share(), ValidityBuffer?.Share(), Offset + start);

    protected override void DisposeBuffers() => _values.Dispose();
}
