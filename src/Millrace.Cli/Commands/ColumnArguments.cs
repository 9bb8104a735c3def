using System.CommandLine;
using Millrace.Columnar;
using Millrace.Runtime;

namespace Millrace.Cli;

/// <summary>Reads <c>--columns id,amount=fare_amount:decimal(12,2)</c>: target name, source name, type.</summary>
internal static class ColumnArguments
{
    public static Option<string?> Option() => new("--columns", "-c")
    {
        Description = "Columns to keep, in order: name, name:type, name=source_name or name=source_name:type.",
        HelpName = "list",
    };

    public static ColumnPlan? Parse(string? list)
    {
        if (list is null)
        {
            return null;
        }

        if (string.IsNullOrWhiteSpace(list))
        {
            throw Sdk.SdkErrors.InvalidOption.Error("--columns is empty.", new ErrorPlace { File = "--columns" }, "Name at least one column, or leave the option away for all.");
        }

        OutputColumn[] columns = [.. Split(list).Select(ParseOne)];
        if (columns.GroupBy(c => c.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw Sdk.SdkErrors.InvalidOption.Error($"--columns names '{twice.Key}' twice.", new ErrorPlace { File = "--columns" }, "Keep one of the two, or give one another name: name=source_name.");
        }

        return new ColumnPlan(columns);
    }

    private static OutputColumn ParseOne(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string names = colon < 0 ? text : text[..colon];
        DataType? type = colon < 0 ? null : DataType.Parse(text[(colon + 1)..].Trim());
        int equals = names.IndexOf('=', StringComparison.Ordinal);
        string name = (equals < 0 ? names : names[..equals]).Trim();
        string from = equals < 0 ? name : names[(equals + 1)..].Trim();
        if (name.Length == 0 || from.Length == 0)
        {
            throw Sdk.SdkErrors.InvalidOption.Error($"'{text}' in --columns names no column.", new ErrorPlace { File = "--columns" }, "A column is name, name:type, name=source_name or name=source_name:type.");
        }

        return new OutputColumn(name, from, type, Required: false);
    }

    // Commas inside brackets belong to a type.
    private static IEnumerable<string> Split(string list)
    {
        int depth = 0;
        int start = 0;
        for (int i = 0; i < list.Length; i++)
        {
            depth += list[i] is '(' or '<' ? 1 : list[i] is ')' or '>' ? -1 : 0;
            if (list[i] == ',' && depth == 0)
            {
                yield return list[start..i];
                start = i + 1;
            }
        }

        yield return list[start..];
    }
}
