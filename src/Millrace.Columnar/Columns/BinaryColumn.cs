using System.Diagnostics;
using System.Text;

namespace Millrace.Columnar;

/// <summary>Byte strings of any length: text, JSON and binary. A row is <c>Data[Offsets[row]..Offsets[row + 1]]</c>.</summary>
public sealed unsafe class BinaryColumn : Column
{
    private readonly NativeBuffer _offsets;
    private readonly NativeBuffer _data;

    /// <summary>Takes over the caller's references to all buffers. Offsets are ascending and start anywhere.</summary>
    public BinaryColumn(DataType type, int length, NativeBuffer offsets, NativeBuffer data, NativeBuffer? validity = null, int offset = 0, int nullCount = -1)
        : base(type, length, validity, offset, nullCount)
    {
        Debug.Assert(type.Layout == TypeLayout.VarBinary);
        Debug.Assert(offsets.Capacity >= ((long)offset + length + 1) * sizeof(int));
        _offsets = offsets;
        _data = data;
    }

    /// <summary>Length + 1 positions in <see cref="Data"/>.</summary>
    public ReadOnlySpan<int> Offsets => new((int*)_offsets.Pointer + Offset, Length + 1);

    /// <summary>The bytes that the offsets point into; it can hold more than these rows.</summary>
    public ReadOnlySpan<byte> Data => new(_data.Pointer, Offsets[^1]);

    /// <summary>Bytes of the values of these rows.</summary>
    public int DataLength => Offsets[^1] - Offsets[0];

    public override long ByteSize => ValiditySize + ((Length + 1L) * sizeof(int)) + DataLength;

    internal NativeBuffer OffsetsBuffer => _offsets;

    internal NativeBuffer DataBuffer => _data;

    public ReadOnlySpan<byte> this[int row]
    {
        get
        {
            int* offsets = (int*)_offsets.Pointer + Offset + row;
            return new(_data.Pointer + offsets[0], offsets[1] - offsets[0]);
        }
    }

    /// <summary>A value as a string, for previews and messages.</summary>
    public string GetString(int row) => Encoding.UTF8.GetString(this[row]);

    public override Column Retype(DataType type)
    {
        RequireSameLayout(type);
        return new BinaryColumn(type, Length, _offsets.Share(), _data.Share(), ValidityBuffer?.Share(), Offset);
    }

    protected override Column WithValidityCore(NativeBuffer validity)
        => new BinaryColumn(Type, Length, _offsets.Share(), _data.Share(), validity, Offset);

    protected override Column SliceCore(int start, int length)
        => new BinaryColumn(Type, length, _offsets.Share(), _data.Share(), ValidityBuffer?.Share(), Offset + start);

    protected override void DisposeBuffers()
    {
        _offsets.Dispose();
        _data.Dispose();
    }
}
