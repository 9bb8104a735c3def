using System.Diagnostics;

namespace Millrace.Columnar;

/// <summary>
/// Lists, and maps, which are lists of (key, value) structs. A row is the rows <c>Offsets[row]..Offsets[row + 1]</c> of
/// <see cref="Items"/>.
/// </summary>
public sealed unsafe class ListColumn : Column
{
    private readonly NativeBuffer _offsets;

    /// <summary>Takes over the caller's references to the buffers and to <paramref name="items"/>.</summary>
    public ListColumn(DataType type, int length, NativeBuffer offsets, Column items, NativeBuffer? validity = null, int offset = 0, int nullCount = -1)
        : base(type, length, validity, offset, nullCount)
    {
        Debug.Assert(type.Layout == TypeLayout.List);
        _offsets = offsets;
        Items = items;
    }

    /// <summary>Length + 1 row numbers in <see cref="Items"/>.</summary>
    public ReadOnlySpan<int> Offsets => new((int*)_offsets.Pointer + Offset, Length + 1);

    /// <summary>The elements of all lists; of a map, a struct column of its keys and values. It can hold more than these rows. Borrowed.</summary>
    public Column Items { get; }

    public override long ByteSize
    {
        get
        {
            ReadOnlySpan<int> offsets = Offsets;
            int items = offsets[^1] - offsets[0];
            long itemBytes = Items.Length == 0 ? 0 : (long)((double)Items.ByteSize * items / Items.Length);
            return ValiditySize + ((Length + 1L) * sizeof(int)) + itemBytes;
        }
    }

    internal NativeBuffer OffsetsBuffer => _offsets;

    /// <summary>The same rows with other items, as many as before. Taken over.</summary>
    public ListColumn WithItems(DataType type, Column items) => new(type, Length, _offsets.Share(), items, ValidityBuffer?.Share(), Offset);

    public override Column Retype(DataType type)
    {
        RequireSameLayout(type);
        return new ListColumn(type, Length, _offsets.Share(), Items.Share(), ValidityBuffer?.Share(), Offset);
    }

    /// <summary>The type of <see cref="Items"/>: the element, or the struct of a map's entries.</summary>
    public static DataType ItemType(DataType type)
        => type.Id == TypeId.Map ? DataType.Struct(type.Children) : type.Element.Type;

    protected override Column WithValidityCore(NativeBuffer validity)
        => new ListColumn(Type, Length, _offsets.Share(), Items.Share(), validity, Offset);

    protected override Column SliceCore(int start, int length)
        => new ListColumn(Type, length, _offsets.Share(), Items.Share(), ValidityBuffer?.Share(), Offset + start);

    protected override void DisposeBuffers()
    {
        _offsets.Dispose();
        Items.Dispose();
    }
}
