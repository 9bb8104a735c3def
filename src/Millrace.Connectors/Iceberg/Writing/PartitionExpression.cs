namespace Millrace.Connectors.Iceberg;

/// <summary>Partition fields as users write them: <c>region</c>, <c>day(ts)</c>, <c>truncate(4, name) as prefix</c>.</summary>
internal static class PartitionExpression
{
    /// <summary>The spec of a new table.</summary>
    public static PartitionSpec Parse(IReadOnlyList<string> expressions, TableSchema schema)
    {
        var fields = new List<SpecField>();
        foreach (string expression in expressions)
        {
            TransformExpression parsed = TransformExpression.Parse(expression, schema);
            var field = new SpecField(parsed.Source.Id, PartitionSpec.FirstFieldId + fields.Count, NameOf(parsed, schema), parsed.Transform);
            if (fields.Any(f => f.Name == field.Name))
            {
                throw IcebergErrors.Transform($"Two partition fields are called '{field.Name}'");
            }

            if (field.Transform.Kind != TransformKind.Identity && schema.Find(field.Name) is not null)
            {
                throw IcebergErrors.Transform($"The partition field '{field.Name}' has the name of a column; give it another with `as`");
            }

            fields.Add(field);
        }

        return new PartitionSpec(0, fields);
    }

    /// <summary>The fields of a spec as users write them.</summary>
    public static string TextOf(PartitionSpec spec, TableSchema schema)
    {
        string text = string.Join(", ", spec.Fields.Where(f => f.Transform.Kind != TransformKind.Void).Select(f => TextOf(f.Transform, schema.PathOf(f.SourceId))));
        return text.Length == 0 ? "nothing" : text;
    }

    /// <summary>A transform of a column as users write it.</summary>
    public static string TextOf(Transform transform, string column) => transform.Kind switch
    {
        TransformKind.Identity => column,
        TransformKind.Bucket or TransformKind.Truncate => string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"{transform.Kind.ToString().ToLowerInvariant()}({transform.Width}, {column})"),
        _ => $"{transform}({column})",
    };

    private static string NameOf(TransformExpression expression, TableSchema schema)
    {
        string column = schema.PathOf(expression.Source.Id);
        return expression.Alias ?? expression.Transform.Kind switch
        {
            TransformKind.Identity => column,
            TransformKind.Truncate => $"{column}_trunc",
            var kind => $"{column}_{kind.ToString().ToLowerInvariant()}",
        };
    }
}
