using System.Globalization;
using System.Text.RegularExpressions;
using Millrace.Columnar;

namespace Millrace.Connectors.Files;

/// <summary>What is done with a column's value to get the partition's.</summary>
internal enum PartitionTransform
{
    Identity,
    Year,
    Month,
    Day,
    Hour,
    Bucket,
    Truncate,
}

/// <summary>One entry of the option <c>partition</c>, bound to a schema.</summary>
/// <param name="Name">Key in folder names.</param>
/// <param name="Column">Index of the column.</param>
/// <param name="Transform">What is done with its values.</param>
/// <param name="Argument">Number of buckets, or width to truncate to.</param>
internal sealed partial record PartitionField(string Name, int Column, PartitionTransform Transform, int Argument)
{
    /// <param name="text">A column; or <c>year(c)</c>, <c>month(c)</c>, <c>day(c)</c>, <c>hour(c)</c>, <c>bucket(n, c)</c>, <c>truncate(n, c)</c>, and optionally <c>as name</c>.</param>
    /// <param name="schema">Where the column is.</param>
    public static PartitionField Bind(string text, Schema schema)
    {
        string expression = text.Trim();
        int column = schema.IndexOf(expression);
        if (column >= 0)
        {
            return new PartitionField(schema[column].Name, column, PartitionTransform.Identity, 0);
        }

        Match match = Pattern().Match(expression);
        if (!match.Success)
        {
            throw FilesErrors.NoPartitionColumn(text, expression, schema);
        }

        string function = match.Groups["function"].Value;
        if (!Enum.TryParse(function, ignoreCase: true, out PartitionTransform transform) || transform == PartitionTransform.Identity || char.IsAsciiDigit(function[0]))
        {
            throw FilesErrors.BadPartition.Error($"There is no partition function '{function}'{NearestName.Suggest(function, ["year", "month", "day", "hour", "bucket", "truncate"])}.");
        }

        string name = match.Groups["column"].Value.Trim();
        column = schema.IndexOf(name);
        if (column < 0)
        {
            throw FilesErrors.NoPartitionColumn(text, name, schema);
        }

        bool takesNumber = transform is PartitionTransform.Bucket or PartitionTransform.Truncate;
        int argument = 0;
        if (takesNumber != match.Groups["number"].Success
            || (takesNumber && (!int.TryParse(match.Groups["number"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out argument) || argument < 1)))
        {
            throw FilesErrors.BadPartition.Error(takesNumber
                ? $"'{text}' needs a number from 1 on: {function}(16, {name})."
                : $"'{text}' takes a column only: {function}({name}).");
        }

        string alias = match.Groups["alias"].Success ? match.Groups["alias"].Value.Trim() : $"{schema[column].Name}_{SuffixOf(transform)}";
        return new PartitionField(alias, column, transform, argument);
    }

    // The names that Iceberg gives to partition fields.
    private static string SuffixOf(PartitionTransform transform)
        => transform == PartitionTransform.Truncate ? "trunc" : transform.ToString().ToLowerInvariant();

    [GeneratedRegex(@"^(?<function>\w+)\s*\(\s*(?:(?<number>[^,()]*?)\s*,\s*)?(?<column>[^()]+?)\s*\)(?:\s+as\s+(?<alias>.+))?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
