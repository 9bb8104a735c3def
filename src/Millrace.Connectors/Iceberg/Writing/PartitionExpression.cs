using System.Globalization;
using System.Text.RegularExpressions;

namespace Millrace.Connectors.Iceberg;

/// <summary>Partition fields as users write them: <c>region</c>, <c>day(ts)</c>, <c>bucket(16, id)</c>, <c>truncate(4, name) as prefix</c>.</summary>
internal static partial class PartitionExpression
{
    /// <summary>The spec of a new table.</summary>
    public static PartitionSpec Parse(IReadOnlyList<string> expressions, TableSchema schema)
    {
        var fields = new List<SpecField>();
        foreach (string expression in expressions)
        {
            SpecField field = Parse(expression, schema, PartitionSpec.FirstFieldId + fields.Count);
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

    private static SpecField Parse(string expression, TableSchema schema, int id)
    {
        if (schema.Find(expression.Trim()) is { } plain)
        {
            return Make(plain, Transform.Identity, schema.PathOf(plain.Id), id);
        }

        if (Pattern().Match(expression.Trim()) is not { Success: true } match)
        {
            throw IcebergErrors.Transform($"There is no column '{expression}'{NearestName.Suggest(expression, schema.Ids.Select(schema.PathOf))}");
        }

        string function = match.Groups["function"].Value.ToLowerInvariant();
        string column = match.Groups["column"].Value;
        IcebergField source = schema.Find(column)
            ?? throw IcebergErrors.Transform($"There is no column '{column}'{NearestName.Suggest(column, schema.Ids.Select(schema.PathOf))}");
        bool takesNumber = function is "bucket" or "truncate";
        if (takesNumber != match.Groups["number"].Success)
        {
            throw IcebergErrors.Transform(takesNumber ? $"'{expression}' needs a number: {function}(16, {column})" : $"'{expression}' takes a column only: {function}({column})");
        }

        Transform transform = Transform.Parse(takesNumber ? string.Create(CultureInfo.InvariantCulture, $"{function}[{match.Groups["number"].Value}]") : function);
        if (transform.Kind is TransformKind.Unknown or TransformKind.Void)
        {
            throw IcebergErrors.Transform($"There is no partition function '{function}'{NearestName.Suggest(function, ["year", "month", "day", "hour", "bucket", "truncate"])}");
        }

        string name = match.Groups["alias"].Success
            ? match.Groups["alias"].Value
            : $"{schema.PathOf(source.Id)}_{(transform.Kind == TransformKind.Truncate ? "trunc" : function)}";
        return Make(source, transform, name, id);
    }

    private static SpecField Make(IcebergField source, Transform transform, string name, int id)
        => transform.ResultOf(source.Type) is not null
            ? new SpecField(source.Id, id, name, transform)
            : throw IcebergErrors.Transform($"Column '{source.Name}' of type {source.Type} cannot be partitioned by {transform}");

    [GeneratedRegex(@"^(?<function>\w+)\s*\(\s*(?:(?<number>\d+)\s*,\s*)?(?<column>[^(),]+?)\s*\)(?:\s+as\s+(?<alias>\S+))?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
