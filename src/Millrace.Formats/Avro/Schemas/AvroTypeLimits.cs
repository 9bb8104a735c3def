namespace Millrace.Formats.Avro;

/// <summary>
/// Bounds what a schema unfolds to. Types that are used by name take a few bytes of JSON each time, but a column each time
/// when they become a table.
/// </summary>
internal static class AvroTypeLimits
{
    private const int MaxDepth = 64;
    private const int MaxTypes = 50_000;

    public static void Check(AvroType type)
    {
        int count = 0;
        Visit(type, 0, [], ref count);
    }

    private static void Visit(AvroType type, int depth, HashSet<AvroType> open, ref int count)
    {
        if (depth > MaxDepth)
        {
            throw AvroErrors.Schema("", $"its types nest deeper than {MaxDepth}");
        }

        if (++count > MaxTypes)
        {
            throw AvroErrors.Schema("", $"it unfolds to more than {MaxTypes} types");
        }

        foreach (AvroType child in type.Children)
        {
            Visit(child, depth + 1, open, ref count);
        }

        if (type.Kind == AvroKind.Record && open.Add(type))
        {
            foreach (AvroField field in type.Fields)
            {
                Visit(field.Type, depth + 1, open, ref count);
            }

            open.Remove(type);
        }
    }
}
