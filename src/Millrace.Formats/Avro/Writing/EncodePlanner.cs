using Millrace.Columnar;

namespace Millrace.Formats.Avro;

/// <summary>Makes the nodes that write columns as a schema asks, whether <see cref="AvroSchemaMaker"/> made it or a user.</summary>
internal static class EncodePlanner
{
    /// <summary>The plan of a row.</summary>
    /// <param name="columns">The columns; each has a place in the record.</param>
    /// <param name="schema">A record. Fields that no column is for have a default.</param>
    public static RecordPlan PlanRows(Schema columns, AvroType schema)
    {
        if (schema.Kind != AvroKind.Record)
        {
            throw AvroErrors.Unwritable("", $"rows are written as a record, and it is of type {schema.Label}");
        }

        return PlanFields(columns.Fields, schema, "");
    }

    private static RecordPlan PlanFields(IReadOnlyList<Field> columns, AvroType record, string path)
    {
        var nodes = new EncodeNode[record.Fields.Count];
        int[] sources = new int[record.Fields.Count];
        for (int i = 0; i < nodes.Length; i++)
        {
            AvroField field = record.Fields[i];
            string place = path.Length == 0 ? field.Name : $"{path}.{field.Name}";
            sources[i] = Find(columns, AvroMapping.ColumnName(field));
            nodes[i] = sources[i] >= 0
                ? Place(columns[sources[i]], field.Type, place)
                : field.HasDefault ? new ConstantEncode(AvroDefaults.Encode(field, place)) : throw AvroErrors.Unwritable(place, "there is no column for it, and it has no default");
        }

        for (int i = 0; i < columns.Count; i++)
        {
            if (!sources.Contains(i))
            {
                throw AvroErrors.Unwritable(path, $"it has no field for the column '{columns[i].Name}'{NearestName.Suggest(columns[i].Name, record.Fields.Select(f => f.Name))}");
            }
        }

        return new RecordPlan(nodes, sources);
    }

    private static EncodeNode Place(Field column, AvroType type, string path)
    {
        if (type.Kind != AvroKind.Union)
        {
            EncodeNode value = Value(column.Type, type, path);
            return type.Kind == AvroKind.Null ? value : new RequiredEncode(value, path);
        }

        int nullBranch = Find(type.Children, c => c.Kind == AvroKind.Null);
        EncodeNode union = AvroMapping.WithoutNull(type) is null && column.Type.Id == TypeId.Struct
            ? Branches(column.Type, type, path)
            : Branch(column.Type, type, path);
        return nullBranch >= 0 ? new NullableEncode(union, nullBranch) : new RequiredEncode(union, path);
    }

    // A column of one type goes to the first branch that takes it.
    private static EncodeNode Branch(DataType column, AvroType union, string path)
    {
        MillraceException? first = null;
        for (int i = 0; i < union.Children.Count; i++)
        {
            if (union.Children[i].Kind == AvroKind.Null)
            {
                continue;
            }

            try
            {
                return new BranchEncode(i, Value(column, union.Children[i], path));
            }
            catch (MillraceException e)
            {
                first ??= e;
            }
        }

        throw first ?? AvroErrors.Unwritable(path, $"{column} is not always null");
    }

    // The struct that such a union is read as: the field that is not null is the branch.
    private static UnionEncode Branches(DataType column, AvroType union, string path)
    {
        AvroType[] branches = [.. AvroMapping.Branches(union)];
        if (column.Children.Count != branches.Length)
        {
            throw AvroErrors.Unwritable(path, $"a struct of {column.Children.Count} fields does not stand for a union of {branches.Length} branches");
        }

        return new UnionEncode([.. branches.Select((b, i) => new BranchEncode(Find(union.Children, c => c == b), Value(column.Children[i].Type, b, path)))], path);
    }

    private static EncodeNode Value(DataType column, AvroType type, string path)
    {
        switch (column.Id, type.Kind)
        {
            case (_, AvroKind.Null):
                return new NullEncode(path);
            case (TypeId.Dictionary, _):
                return new DictionaryEncode(Value(column.DictionaryValue, type, path));
            case (TypeId.Struct, AvroKind.Record):
                return new RecordEncode(PlanFields(column.Children, type, path));
            case (TypeId.List, AvroKind.Array):
                return new ListEncode(Place(column.Element, type.Item, path + "[]"));
            case (TypeId.Map, AvroKind.Array) when type.Item.Kind == AvroKind.Record:
                return new ListEncode(new RecordEncode(PlanFields(column.Children, type.Item, path + "{}")));
            case (TypeId.Map, AvroKind.Map) when column.Children[0].Type.Id == TypeId.Utf8:
                return new MapEncode(Place(column.Children[0], new AvroType(AvroKind.String), path), Place(column.Children[1], type.Item, path + "{}"));
            default:
                return ScalarEncodes.For(column, type, path)
                    ?? throw AvroErrors.Unwritable(path, $"a column of {column} is not written as {(type.IsNamed ? type.Kind.ToString().ToLowerInvariant() + " " : "")}{type.Label}{(type.Logical == AvroLogical.None ? "" : $" ({AvroLogicalTypes.Name(type.Logical)})")}");
        }
    }

    private static int Find(IReadOnlyList<Field> columns, string name) => Find(columns, c => c.Name == name);

    private static int Find<T>(IReadOnlyList<T> items, Func<T, bool> wanted)
    {
        for (int i = 0; i < items.Count; i++)
        {
            if (wanted(items[i]))
            {
                return i;
            }
        }

        return -1;
    }
}

/// <summary>The nodes of a record's fields, and for each the column it writes; -1 for constants.</summary>
internal sealed record RecordPlan(EncodeNode[] Nodes, int[] Sources)
{
    public void Bind(IReadOnlyList<Column> columns)
    {
        for (int i = 0; i < Nodes.Length; i++)
        {
            if (Sources[i] >= 0)
            {
                Nodes[i].Bind(columns[Sources[i]]);
            }
        }
    }
}
