using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Leaves out the fields of structs that nobody wants, so that their chunks are not read.</summary>
internal static class NodeProjection
{
    /// <summary>The node with the fields that the wanted type has, in its order; parts of another kind stay whole.</summary>
    public static SchemaNode Narrow(SchemaNode node, DataType wanted) => (node.Kind, wanted.Id) switch
    {
        (NodeKind.Struct, TypeId.Struct) => NarrowStruct(node, wanted),
        (NodeKind.List, TypeId.List) => NarrowList(node, Narrow(node.Children[0], wanted.Element.Type)),
        (NodeKind.Map, TypeId.Map) => NarrowMap(node, Narrow(node.Children[1], wanted.Children[1].Type)),
        _ => node,
    };

    private static SchemaNode NarrowStruct(SchemaNode node, DataType wanted)
    {
        var children = new List<SchemaNode>();
        foreach (Field field in wanted.Children)
        {
            if (node.Children.FirstOrDefault(c => c.Field.Name == field.Name) is { } child)
            {
                children.Add(Narrow(child, field.Type));
            }
        }

        if (children.Count == 0)
        {
            // Some leaf has to tell which structs are null.
            children.Add(node.Children[0]);
        }

        return node with
        {
            Field = node.Field.WithType(DataType.Struct([.. children.Select(c => c.Field)])),
            Children = children,
            FirstLeaf = children[0].FirstLeaf,
        };
    }

    private static SchemaNode NarrowList(SchemaNode node, SchemaNode item) => node with
    {
        Field = node.Field.WithType(DataType.List(item.Field)),
        Children = [item],
        FirstLeaf = item.FirstLeaf,
    };

    private static SchemaNode NarrowMap(SchemaNode node, SchemaNode value) => node with
    {
        Field = node.Field.WithType(DataType.Map(node.Children[0].Field.Type, value.Field)),
        Children = [node.Children[0], value],
    };
}
