using System.Globalization;
using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>Which columns of a file are which of a table: by ids, or by the name mapping where the file has none (specification, "Column Projection").</summary>
internal sealed class FileColumns
{
    private readonly IReadOnlyList<Field> _fields;
    private readonly Dictionary<int, int> _byId = [];

    /// <param name="file">Columns of the file.</param>
    /// <param name="mapping">Ids for names.</param>
    public FileColumns(Schema file, NameMapping mapping)
    {
        _fields = file.Fields.Any(HasId) ? file.Fields : [.. file.Fields.Select(f => WithIds(f, mapping.Fields))];
        for (int i = 0; i < _fields.Count; i++)
        {
            if (IdOf(_fields[i]) is { } id)
            {
                _byId.TryAdd(id, i);
            }
        }
    }

    /// <summary>The file's column of an id, whose parts have ids too; null when the file has none.</summary>
    public Field? Find(int id) => _byId.TryGetValue(id, out int index) ? _fields[index] : null;

    public static int? IdOf(Field field)
        => field.Metadata.TryGetValue(FieldMetadata.FieldId, out string? text) && int.TryParse(text, CultureInfo.InvariantCulture, out int id) ? id : null;

    private static bool HasId(Field field) => IdOf(field) is not null || field.Type.Children.Any(HasId);

    private static Field WithIds(Field field, IReadOnlyList<MappedField> mapping)
    {
        if (NameMapping.Find(mapping, field.Name) is not { } found)
        {
            return field;
        }

        Field inner = field.WithType(WithIds(field.Type, found.Fields));
        return found.Id is { } id ? inner.WithMetadata(FieldMetadata.FieldId, id.ToString(CultureInfo.InvariantCulture)) : inner;
    }

    private static DataType WithIds(DataType type, IReadOnlyList<MappedField> mapping) => type.Id switch
    {
        TypeId.Struct => DataType.Struct([.. type.Children.Select(c => WithIds(c, mapping))]),
        TypeId.List => DataType.List(WithIds(type.Element, mapping)),
        TypeId.Map => DataType.Map(WithIds(type.Children[0], mapping), WithIds(type.Children[1], mapping)),
        _ => type,
    };
}
