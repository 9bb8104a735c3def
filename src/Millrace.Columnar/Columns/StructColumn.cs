using System.Diagnostics;

namespace Millrace.Columnar;

/// <summary>Structs: a column per field. A field's value in a row where the struct is null is undefined.</summary>
public sealed class StructColumn : Column
{
    private readonly Column[] _fields;

    /// <summary>Takes over the caller's references. Every field is <paramref name="length"/> rows long: slices slice their fields.</summary>
    public StructColumn(DataType type, int length, Column[] fields, NativeBuffer? validity = null, int validityOffset = 0, int nullCount = -1)
        : base(type, length, validity, validityOffset, nullCount)
    {
        Debug.Assert(type.Id == TypeId.Struct && fields.Length == type.Children.Count);
        Debug.Assert(Array.TrueForAll(fields, f => f.Length == length));
        _fields = fields;
    }

    /// <summary>Borrowed; they live as long as the struct.</summary>
    public IReadOnlyList<Column> Fields => _fields;

    public override long ByteSize => ValiditySize + _fields.Sum(f => f.ByteSize);

    /// <summary>The same rows with other fields, each as long as the struct. Taken over.</summary>
    public StructColumn WithFields(DataType type, Column[] fields) => new(type, Length, fields, ValidityBuffer?.Share(), Offset);

    public override Column Retype(DataType type)
    {
        RequireSameLayout(type);
        return new StructColumn(type, Length, Array.ConvertAll(_fields, f => f.Share()), ValidityBuffer?.Share(), Offset);
    }

    protected override Column WithValidityCore(NativeBuffer validity)
        => new StructColumn(Type, Length, Array.ConvertAll(_fields, f => f.Share()), validity, Offset);

    protected override Column SliceCore(int start, int length)
        => new StructColumn(Type, length, Array.ConvertAll(_fields, f => f.Slice(start, length)), ValidityBuffer?.Share(), Offset + start);

    protected override void DisposeBuffers()
    {
        foreach (Column field in _fields)
        {
            field.Dispose();
        }
    }
}
