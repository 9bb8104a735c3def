using System.Globalization;
using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>
/// Makes columns of the schema elements of a footer: follows the tree, counts levels, and sees through the groups that
/// stand for lists and maps, also in the forms that older writers left behind (LogicalTypes.md, "Nested Types").
/// </summary>
internal sealed class SchemaReader
{
    private const int MaxDepth = 64;

    private readonly List<SchemaElement> _elements;
    private readonly List<SchemaLeaf> _leaves = [];
    private readonly List<string> _notes = [];
    private int _next;

    private SchemaReader(List<SchemaElement> elements) => _elements = elements;

    public static ParquetSchema Read(FileMetadata metadata)
    {
        var reader = new SchemaReader(metadata.Schema);
        return reader.ReadRoot(metadata.KeyValues ?? []);
    }

    private ParquetSchema ReadRoot(List<KeyValue> keyValues)
    {
        SchemaElement root = Next();
        var names = new HashSet<string>(StringComparer.Ordinal);
        List<SchemaNode> columns = ReadChildren(root, new Levels(0, 0, 0), path: "", depth: 0);
        if (_next != _elements.Count)
        {
            throw ParquetErrors.Schema($"it has {_elements.Count} elements, of which {_elements.Count - _next} are in no group");
        }

        var metadata = System.Collections.Immutable.ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (KeyValue pair in keyValues)
        {
            // Arrow's own copy of the schema says nothing here and would be wrong after a projection.
            if (pair.Value is not null && pair.Key != "ARROW:schema")
            {
                metadata[pair.Key] = pair.Value;
            }
        }

        var fields = columns.Select(c => c.Field.WithName(Unique(c.Field.Name, names)));
        return new ParquetSchema(new Schema(fields, metadata.ToImmutable()), columns, _leaves, _notes);
    }

    private string Unique(string name, HashSet<string> names)
    {
        string unique = name;
        for (int i = 2; !names.Add(unique); i++)
        {
            unique = string.Create(CultureInfo.InvariantCulture, $"{name}_{i}");
        }

        if (unique != name)
        {
            _notes.Add($"a second column '{name}' is called '{unique}'");
        }

        return unique;
    }

    // Fields of structs are found by their names, too.
    private List<SchemaNode> WithUniqueNames(List<SchemaNode> fields)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        return [.. fields.Select(f => f with { Field = f.Field.WithName(Unique(f.Field.Name, names)) })];
    }

    private SchemaElement Next()
        => _next < _elements.Count ? _elements[_next++] : throw ParquetErrors.Schema($"a group has more children than the {_elements.Count} elements of the schema");

    private SchemaElement Peek()
        => _next < _elements.Count ? _elements[_next] : throw ParquetErrors.Schema($"a group has more children than the {_elements.Count} elements of the schema");

    private List<SchemaNode> ReadChildren(SchemaElement group, Levels levels, string path, int depth)
    {
        if (depth > MaxDepth)
        {
            throw ParquetErrors.Schema($"groups nest more than {MaxDepth} deep");
        }

        int count = group.ChildCount ?? 0;
        var nodes = new List<SchemaNode>();
        for (int i = 0; i < count; i++)
        {
            // A group without leaves has no values anywhere in the file.
            if (ReadNode(levels, path, depth + 1) is { } node)
            {
                nodes.Add(node);
            }
        }

        return nodes;
    }

    private SchemaNode? ReadNode(Levels outer, string parent, int depth)
    {
        SchemaElement element = Next();
        string path = parent.Length == 0 ? element.Name : $"{parent}.{element.Name}";
        switch (element.Repetition ?? Repetition.Required)
        {
            case Repetition.Required:
                return ReadValue(element, outer, nullable: false, path, depth);
            case Repetition.Optional:
                return ReadValue(element, outer.Optional(), nullable: true, path, depth);
            case Repetition.Repeated:
                // Outside of a list's group: a list that is never null of elements that are never null.
                return ReadValue(element, outer.Repeated(), nullable: false, path, depth) is { } item
                    ? List(Describe(element, item.Field.Type, nullable: false), outer, item)
                    : null;
            default:
                throw ParquetErrors.Schema($"'{path}' has the repetition {(int?)element.Repetition}, which does not exist");
        }
    }

    private SchemaNode? ReadValue(SchemaElement element, Levels levels, bool nullable, string path, int depth)
    {
        if (element.Type is not null)
        {
            return Leaf(element, levels, nullable, path);
        }

        if (element.ChildCount == 1 && Peek() is { Repetition: Repetition.Repeated } repeated)
        {
            if (IsList(element))
            {
                return ReadList(element, repeated, levels, nullable, path, depth);
            }

            if (IsMap(element) && repeated.Type is null && repeated.ChildCount == 2)
            {
                return ReadMap(element, levels, nullable, path, depth);
            }
        }

        List<SchemaNode> children = ReadChildren(element, levels, path, depth);
        return children.Count == 0 ? null : Struct(element, levels, nullable, WithUniqueNames(children));
    }

    private SchemaNode? ReadList(SchemaElement element, SchemaElement repeated, Levels levels, bool nullable, string path, int depth)
    {
        _next++;
        path = $"{path}.{repeated.Name}";
        Levels inner = levels.Repeated();
        SchemaNode? item;
        if (IsElementItself(element, repeated))
        {
            item = ReadValue(repeated, inner, nullable: false, path, depth + 1);
        }
        else
        {
            List<SchemaNode> children = ReadChildren(repeated, inner, path, depth + 1);
            item = children.Count == 1 ? children[0] : null;
        }

        return item is null ? null : List(Describe(element, item.Field.Type, nullable), levels, item);
    }

    // The rules for lists of older writers: a repeated leaf, a group of several fields, of one repeated field, or of a
    // telling name is the element; any other group only wraps it.
    private bool IsElementItself(SchemaElement list, SchemaElement repeated)
        => repeated.Type is not null
            || repeated.ChildCount != 1
            || (_next < _elements.Count && _elements[_next].Repetition == Repetition.Repeated)
            || repeated.Name == "array"
            || repeated.Name == $"{list.Name}_tuple";

    private SchemaNode? ReadMap(SchemaElement element, Levels levels, bool nullable, string path, int depth)
    {
        SchemaElement entries = Next();
        List<SchemaNode> children = ReadChildren(entries, levels.Repeated(), $"{path}.{entries.Name}", depth + 1);
        if (children.Count != 2)
        {
            return null;
        }

        DataType type = DataType.Map(children[0].Field, children[1].Field);
        return new SchemaNode
        {
            Field = Describe(element, type, nullable),
            Kind = NodeKind.Map,
            SlotLevel = levels.Slot,
            PresentLevel = levels.Definition,
            Repetition = levels.Repetition,
            Children = children,
            FirstLeaf = children[0].FirstLeaf,
        };
    }

    private SchemaNode Leaf(SchemaElement element, Levels levels, bool nullable, string path)
    {
        int width = LeafTypes.Width(element);
        DataType type = LeafTypes.Map(element);
        if (type.Id != TypeId.Decimal && (element.LogicalType?.Kind == LogicalKind.Decimal || element.ConvertedType == ConvertedType.Decimal))
        {
            _notes.Add($"'{path}' is a decimal that no type holds; it is read as {type}");
        }

        var leaf = new SchemaLeaf
        {
            Index = _leaves.Count,
            Path = path,
            Physical = element.Type!.Value,
            Width = width,
            Type = type,
            MaxDefinition = levels.Definition,
            MaxRepetition = levels.Repetition,
            SlotLevel = levels.Slot,
        };
        _leaves.Add(leaf);
        return new SchemaNode
        {
            Field = Describe(element, type, nullable),
            Kind = NodeKind.Leaf,
            SlotLevel = levels.Slot,
            PresentLevel = levels.Definition,
            Repetition = levels.Repetition,
            FirstLeaf = leaf,
        };
    }

    private static SchemaNode Struct(SchemaElement element, Levels levels, bool nullable, List<SchemaNode> children) => new()
    {
        Field = Describe(element, DataType.Struct([.. children.Select(c => c.Field)]), nullable),
        Kind = NodeKind.Struct,
        SlotLevel = levels.Slot,
        PresentLevel = levels.Definition,
        Repetition = levels.Repetition,
        Children = children,
        FirstLeaf = children[0].FirstLeaf,
    };

    private static SchemaNode List(Field described, Levels levels, SchemaNode item) => new()
    {
        Field = described.WithType(DataType.List(item.Field)),
        Kind = NodeKind.List,
        SlotLevel = levels.Slot,
        PresentLevel = levels.Definition,
        Repetition = levels.Repetition,
        Children = [item],
        FirstLeaf = item.FirstLeaf,
    };

    private static Field Describe(SchemaElement element, DataType type, bool nullable)
    {
        var field = new Field(element.Name, type, nullable);
        return element.FieldId is { } id ? field.WithMetadata(FieldMetadata.FieldId, id.ToString(CultureInfo.InvariantCulture)) : field;
    }

    private static bool IsList(SchemaElement element)
        => element.LogicalType?.Kind == LogicalKind.List || element.ConvertedType == ConvertedType.List;

    private static bool IsMap(SchemaElement element)
        => element.LogicalType?.Kind == LogicalKind.Map || element.ConvertedType is ConvertedType.Map or ConvertedType.MapKeyValue;

    /// <summary>Levels of a node: of its slots, of its values, and the lists around it.</summary>
    private readonly record struct Levels(int Slot, int Definition, int Repetition)
    {
        public Levels Optional() => this with { Definition = Definition + 1 };

        public Levels Repeated() => new(Definition + 1, Definition + 1, Repetition + 1);
    }
}
