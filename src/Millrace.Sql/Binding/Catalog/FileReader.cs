using Millrace.Sql.Parsing;
using TableFunction = Millrace.Sql.Parsing.FunctionTable;

namespace Millrace.Sql.Binding;

/// <summary>
/// Table functions that read files: <c>read_csv('x', delimiter = ';')</c> is <c>'x'</c> with the format and options given; and tables in
/// folders, <c>iceberg('x')</c>, which are URLs of their scheme.
/// </summary>
internal static class FileReader
{
    public static IReadOnlyDictionary<string, string> Formats { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["read_csv"] = "csv",
        ["read_json"] = "json",
        ["read_parquet"] = "parquet",
        ["read_avro"] = "avro",
    };

    /// <summary>All of them, formats and schemes.</summary>
    public static IReadOnlyCollection<string> Names { get; } = [.. Formats.Keys, Iceberg];

    private const string Iceberg = "iceberg";

    public static bool Is(TableFunction function) => function.Name.Parts.Count == 1 && Names.Contains(function.Name.Last.Text, StringComparer.OrdinalIgnoreCase);

    public static (string Location, Dictionary<string, string> Options) Read(TableFunction function)
    {
        if (function.Arguments is not [LiteralSyntax { Kind: LiteralKind.String } location])
        {
            throw BindingErrors.WrongType($"{function.Name} takes one file name or URI in quotes, and options by name.", function.Span);
        }

        var options = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        bool isFormat = Formats.TryGetValue(function.Name.Last.Text, out string? format);
        if (isFormat)
        {
            options.Add("format", format!);
        }

        foreach (NamedArgument argument in function.NamedArguments)
        {
            string value = argument.Value is LiteralSyntax literal
                ? literal.Text
                : throw BindingErrors.WrongType($"Option {argument.Name} has to be a constant.", argument.Span);
            if (!options.TryAdd(argument.Name.Text, value))
            {
                throw BindingErrors.Duplicate("options", argument.Name.Text, argument.Span);
            }
        }

        return (isFormat || location.Text.Contains("://", StringComparison.Ordinal) ? location.Text : $"{Iceberg}://{location.Text}", options);
    }
}
