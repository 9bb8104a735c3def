using System.Globalization;
using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>
/// Turns a schema into the elements of a file. Lists take the three levels and maps the names that the specification
/// asks for (LogicalTypes.md, "Nested Types"), so that other programs tell them from structs.
/// </summary>
internal sealed class SchemaWriter
{
    public SchemaWriter(Schema schema)
    {
        if (schema.Count == 0)
        {
            throw ParquetWriteErrors.NoColumns();
        }

        Elements.Add(new SchemaElement { Name = "schema", ChildCount = schema.Count });
        Roots = [.. schema.Fields.Select(f => Write(f, f.Name, 0, 0, []))];
    }

    /// <summary>Parents before their children.</summary>
    public List<SchemaElement> Elements { get; } = [];

    public List<LeafLayout> Leaves { get; } = [];

    /// <summary>A node per column of a batch.</summary>
    public WriteNode[] Roots { get; }

    private WriteNode Write(Field field, string name, int definition, int repetition, List<string> parents)
    {
        var element = new SchemaElement
        {
            Name = name,
            Repetition = field.Nullable ? Repetition.Optional : Repetition.Required,
            FieldId = FieldId(field),
        };
        Elements.Add(element);
        int present = definition + (field.Nullable ? 1 : 0);
        List<string> path = [.. parents, name];
        if (present >= LeafLayout.MaxLevel)
        {
            throw ParquetWriteErrors.TooDeep(string.Join('.', path));
        }

        return field.Type.Id switch
        {
            TypeId.List => WriteList(field, element, present, repetition, path),
            TypeId.Map => WriteMap(field, element, present, repetition, path),
            TypeId.Struct => WriteStruct(field, element, present, repetition, path),
            _ => WriteLeaf(field, element, present, repetition, path),
        };
    }

    private WriteNode WriteList(Field field, SchemaElement element, int definition, int repetition, List<string> path)
    {
        element.ChildCount = 1;
        element.LogicalType = new LogicalType(LogicalKind.List);
        element.ConvertedType = ConvertedType.List;
        Elements.Add(new SchemaElement { Name = "list", Repetition = Repetition.Repeated, ChildCount = 1 });
        WriteNode item = Write(field.Type.Element, "element", definition + 1, repetition + 1, [.. path, "list"]);
        return new WriteNode(field, definition, repetition, -1, [item]);
    }

    private WriteNode WriteMap(Field field, SchemaElement element, int definition, int repetition, List<string> path)
    {
        element.ChildCount = 1;
        element.LogicalType = new LogicalType(LogicalKind.Map);
        element.ConvertedType = ConvertedType.Map;
        Elements.Add(new SchemaElement { Name = "key_value", Repetition = Repetition.Repeated, ChildCount = 2 });
        List<string> entry = [.. path, "key_value"];
        WriteNode key = Write(field.Type.Children[0], "key", definition + 1, repetition + 1, entry);
        WriteNode value = Write(field.Type.Children[1], "value", definition + 1, repetition + 1, entry);
        return new WriteNode(field, definition, repetition, -1, [key, value]);
    }

    private WriteNode WriteStruct(Field field, SchemaElement element, int definition, int repetition, List<string> path)
    {
        IReadOnlyList<Field> fields = field.Type.Children;
        if (fields.Count == 0)
        {
            throw ParquetWriteErrors.EmptyStruct(string.Join('.', path));
        }

        element.ChildCount = fields.Count;
        return new WriteNode(field, definition, repetition, -1, [.. fields.Select(f => Write(f, f.Name, definition, repetition, path))]);
    }

    private WriteNode WriteLeaf(Field field, SchemaElement element, int definition, int repetition, List<string> path)
    {
        DataType type = field.Type.Id == TypeId.Dictionary ? field.Type.DictionaryValue : field.Type;
        if (StoredTypes.Describe(type, element) is not { } stored)
        {
            throw ParquetWriteErrors.Type(string.Join('.', path), field.Type);
        }

        Leaves.Add(new LeafLayout(type, stored.Physical, stored.Width, stored.Order) { Path = path, MaxDefinition = definition, MaxRepetition = repetition });
        return new WriteNode(field, definition, repetition, Leaves.Count - 1, []);
    }

    private static int? FieldId(Field field)
        => field.Metadata.TryGetValue(FieldMetadata.FieldId, out string? text) && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int id) ? id : null;
}
