using System.Globalization;
using System.Text.RegularExpressions;

namespace Millrace.Connectors.Iceberg;

/// <summary>A column, or a transform of one, as users write it: <c>region</c>, <c>day(ts)</c>, <c>bucket(16, id)</c>, with <c>as name</c> behind it.</summary>
/// <param name="Source">The column.</param>
/// <param name="Transform">What is made of it.</param>
/// <param name="Alias">The name given to it; null for none.</param>
internal sealed partial record TransformExpression(IcebergField Source, Transform Transform, string? Alias)
{
    public static TransformExpression Parse(string expression, TableSchema schema)
    {
        if (schema.Find(expression.Trim()) is { } plain)
        {
            return Make(plain, Transform.Identity, null);
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

        return Make(source, transform, match.Groups["alias"].Success ? match.Groups["alias"].Value : null);
    }

    private static TransformExpression Make(IcebergField source, Transform transform, string? alias)
        => transform.ResultOf(source.Type) is not null
            ? new TransformExpression(source, transform, alias)
            : throw IcebergErrors.Transform($"Column '{source.Name}' of type {source.Type} cannot be partitioned or sorted by {transform}");

    [GeneratedRegex(@"^(?<function>\w+)\s*\(\s*(?:(?<number>\d+)\s*,\s*)?(?<column>[^(),]+?)\s*\)(?:\s+as\s+(?<alias>\S+))?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
