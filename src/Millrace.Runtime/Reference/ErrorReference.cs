using System.Reflection;
using System.Text;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>The error catalogue as a page, from the <see cref="ErrorCode"/> fields of assemblies.</summary>
public static class ErrorReference
{
    private static readonly (string Prefix, string Title)[] Chapters =
    [
        ("MR10", "Configuration and options"),
        ("MR11", "Checkpoints"),
        ("MR19", "Command line"),
        ("MR200", "Formats"),
        ("MR20", "Text files and CSV"),
        ("MR21", "JSON"),
        ("MR22", "Parquet"),
        ("MR23", "Avro"),
        ("MR24", "Compression"),
        ("MR29", "Columns and types"),
        ("MR30", "Files and storage"),
        ("MR40", "Running jobs"),
        ("MR", "Others"),
    ];

    /// <summary>Every error code of the assemblies, in the order of their ids.</summary>
    public static IReadOnlyList<ErrorCode> Codes(IEnumerable<Assembly> assemblies)
        => [.. assemblies
            .SelectMany(a => a.GetTypes())
            .SelectMany(t => t.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(f => f.FieldType == typeof(ErrorCode))
            .Select(f => (ErrorCode)f.GetValue(null)!)
            .OrderBy(c => c.Id, StringComparer.Ordinal)];

    public static string ToMarkdown(IReadOnlyList<ErrorCode> codes)
    {
        var text = new StringBuilder(
            "# Errors\n\nGenerated from the code. A code keeps its meaning for ever. The class says what is done: a `retryable` error is tried again "
            + "where the job retries, a `data` error concerns one row and goes to the job's failure strategy, a `permanent` error ends the run.\n");
        string chapter = "";
        foreach (ErrorCode code in codes)
        {
            string title = Array.Find(Chapters, c => code.Id.StartsWith(c.Prefix, StringComparison.Ordinal)).Title;
            if (title != chapter)
            {
                chapter = title;
                text.Append("\n## ").Append(title).Append("\n\n| code | what | what to do | who acts | class |\n|---|---|---|---|---|\n");
            }

            text.Append($"| `{code.Id}` | {code.Title} | {code.Hint} | {OptionInfo.SnakeCase(code.Domain.ToString())} | {OptionInfo.SnakeCase(code.Class.ToString())} |\n");
        }

        return text.ToString();
    }
}
