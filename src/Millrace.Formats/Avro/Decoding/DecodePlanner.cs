using Millrace.Columnar;

namespace Millrace.Formats.Avro;

/// <summary>Resolves a writer's schema to a reader's and makes the nodes that decode the one into columns of the other.</summary>
internal sealed class DecodePlanner
{
    // Records of the reader's schema that the plan is inside of: one that comes again holds itself and becomes JSON.
    private readonly List<AvroType> _open = [];

    /// <summary>The plan of a row.</summary>
    /// <param name="writer">What the rows were written with.</param>
    /// <param name="reader">What they are resolved to.</param>
    /// <param name="builders">A builder per column of the reader's schema; null for those that are not wanted.</param>
    public static DecodeNode PlanRows(AvroType writer, AvroType reader, ColumnBuilder?[] builders)
    {
        var planner = new DecodePlanner();
        if (reader.Kind != AvroKind.Record)
        {
            return planner.Plan(writer, reader, builders[0], AvroMapping.ValueColumn);
        }

        if (writer.Kind != AvroKind.Record || !AvroMatch.Matches(writer, reader))
        {
            throw AvroErrors.Resolution("", $"the rows are of {Describe(writer)}, expected {Describe(reader)}");
        }

        return new RecordNode(planner.PlanFields(writer, reader, builders, ""), null);
    }

    private DecodeNode Plan(AvroType writer, AvroType reader, ColumnBuilder? builder, string path)
    {
        if (builder is null)
        {
            return SkipNodes.For(writer);
        }

        if (writer.Kind == AvroKind.Union)
        {
            return PlanUnion(writer, reader, builder, path);
        }

        if (reader.Kind == AvroKind.Union)
        {
            return PlanIntoUnion(writer, reader, builder, path);
        }

        if (!AvroMatch.Matches(writer, reader))
        {
            throw AvroErrors.Resolution(path, $"{Describe(writer)} does not become {Describe(reader)}");
        }

        return PlanValue(writer, reader, builder, path);
    }

    private DecodeNode PlanUnion(AvroType writer, AvroType reader, ColumnBuilder builder, string path)
    {
        if (!writer.Children.Any(b => AvroMatch.Matches(b, reader)))
        {
            throw AvroErrors.Resolution(path, $"no branch of {writer.ToJson()} becomes {Describe(reader)}");
        }

        var branches = new DecodeNode[writer.Children.Count];
        for (int i = 0; i < branches.Length; i++)
        {
            AvroType branch = writer.Children[i];
            branches[i] = AvroMatch.Matches(branch, reader)
                ? Plan(branch, reader, builder, path)
                : new UnresolvedNode(SkipNodes.For(branch), builder, $"A value is of {Describe(branch)}, which does not become {Describe(reader)}.", path);
        }

        int value = branches is [NullNode, _] ? 1 : 0;
        return branches is [NullNode, _] or [_, NullNode] && branches[value].OrNull(value) is { } both ? both : new UnionNode(branches);
    }

    private DecodeNode PlanIntoUnion(AvroType writer, AvroType reader, ColumnBuilder builder, string path)
    {
        AvroType branch = AvroMatch.FindBranch(writer, reader)
            ?? throw AvroErrors.Resolution(path, $"{Describe(writer)} becomes no branch of {reader.ToJson()}");
        if (branch.Kind == AvroKind.Null)
        {
            return new NullNode(builder);
        }

        if (AvroMapping.WithoutNull(reader) is not null)
        {
            return Plan(writer, branch, builder, path);
        }

        var fields = (StructBuilder)builder;
        int index = AvroMapping.Branches(reader).TakeWhile(b => b != branch).Count();
        return new UnionBranchNode(Plan(writer, branch, fields.Fields[index], path), fields, index);
    }

    private DecodeNode PlanValue(AvroType writer, AvroType reader, ColumnBuilder builder, string path)
    {
        switch (reader.Kind)
        {
            case AvroKind.Null:
                return new NullNode(builder);
            case AvroKind.Record when _open.Contains(reader):
                return new JsonTextNode(writer, (BinaryBuilder)builder);
            case AvroKind.Record:
                var fields = (StructBuilder)builder;
                return new RecordNode(PlanFields(writer, reader, [.. fields.Fields], path), fields);
            case AvroKind.Array:
                var list = (ListBuilder)builder;
                return new ListNode(Plan(writer.Item, reader.Item, list.Items, path + "[]"), list, AvroSizes.Min(writer.Item), AvroSizes.Cost(list.Items.Type));
            case AvroKind.Map:
                var map = (ListBuilder)builder;
                var entries = (StructBuilder)map.Items;
                return new MapNode(
                    new TextNode((BinaryBuilder)entries.Fields[0], path),
                    Plan(writer.Item, reader.Item, entries.Fields[1], path + "{}"),
                    map,
                    AvroSizes.Min(writer.Item) + 1,
                    AvroSizes.Cost(entries.Type));
            case AvroKind.Enum:
                return new EnumNode((BinaryBuilder)builder, AvroEnums.Resolve(writer, reader), path);
            default:
                return ScalarPlan.For(writer, reader, builder, path);
        }
    }

    // The writer's fields in their order, then what only the reader has.
    private DecodeNode[] PlanFields(AvroType writer, AvroType reader, ColumnBuilder?[] builders, string path)
    {
        _open.Add(reader);
        var nodes = new List<DecodeNode>(writer.Fields.Count);
        int[] readerFields = AvroFields.Match(writer, reader, path);
        for (int i = 0; i < writer.Fields.Count; i++)
        {
            int field = readerFields[i];
            nodes.Add(field < 0
                ? SkipNodes.For(writer.Fields[i].Type)
                : Plan(writer.Fields[i].Type, reader.Fields[field].Type, builders[field], Join(path, reader.Fields[field].Name)));
        }

        for (int i = 0; i < reader.Fields.Count; i++)
        {
            if (Array.IndexOf(readerFields, i) < 0)
            {
                AvroField field = reader.Fields[i];
                string place = Join(path, field.Name);
                if (!field.HasDefault)
                {
                    throw AvroErrors.Resolution(place, "the field is not in the file and has no default");
                }

                if (builders[i] is { } builder)
                {
                    nodes.Add(PlanDefault(field, builder, place));
                }
            }
        }

        _open.RemoveAt(_open.Count - 1);
        return SkipNodes.Merge(nodes);
    }

    private DecodeNode PlanDefault(AvroField field, ColumnBuilder builder, string path)
    {
        byte[] value = AvroDefaults.Encode(field, path);
        return new DefaultNode(value, Plan(field.Type, field.Type, builder, path), value.Length + AvroSizes.Cost(builder.Type));
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string Describe(AvroType type) => type.IsNamed ? $"{type.Kind.ToString().ToLowerInvariant()} {type.FullName}" : $"type {type.Label}";
}
