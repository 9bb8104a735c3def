using System.Diagnostics;

namespace Millrace.Columnar;

/// <summary>Values by index: row <c>i</c> is <c>Dictionary[Indices[i]]</c>. The index of a null row is 0 or any other valid index.</summary>
public sealed unsafe class DictionaryColumn : Column
{
    private readonly NativeBuffer _indices;

    /// <summary>Takes over the caller's references.</summary>
    public DictionaryColumn(DataType type, int length, NativeBuffer indices, Column dictionary, NativeBuffer? validity = null, int offset = 0, int nullCount = -1)
        : base(type, length, validity, offset, nullCount)
    {
        Debug.Assert(type.Id == TypeId.Dictionary);
        _indices = indices;
        Dictionary = dictionary;
    }

    public ReadOnlySpan<int> Indices => new((int*)_indices.Pointer + Offset, Length);

    /// <summary>The values. They are not null and need not be distinct. Borrowed.</summary>
    public Column Dictionary { get; }

    public override long ByteSize => ValiditySize + ((long)Length * sizeof(int)) + Dictionary.ByteSize;

    /// <summary>The same rows with other values, as many as before and none of them null. Taken over.</summary>
    public DictionaryColumn WithValues(Column values)
    {
        Debug.Assert(values.Length >= Dictionary.Length && !values.HasNulls);
        return new DictionaryColumn(DataType.Dictionary(values.Type), Length, _indices.Share(), values, ValidityBuffer?.Share(), Offset);
    }

    internal NativeBuffer IndicesBuffer => _indices;

    public override Column Retype(DataType type)
    {
        RequireSameLayout(type);
        return new DictionaryColumn(type, Length, _indices.Share(), Dictionary.Share(), ValidityBuffer?.Share(), Offset);
    }

    protected override Column WithValidityCore(NativeBuffer validity)
        => new DictionaryColumn(Type, Length, _indices.Share(), Dictionary.Share(), validity, Offset);

    protected override Column SliceCore(int start, int length)
        => new DictionaryColumn(Type, length, _indices.Share(), Dictionary.Share(), ValidityBuffer?.Share(), Offset + start);

    protected override void DisposeBuffers()
    {
        _indices.Dispose();
        Dictionary.Dispose();
    }
}
