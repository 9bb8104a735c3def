using System.Text;
using Millrace.Columnar;

namespace Millrace.Runtime.Contracts;

/// <summary>What is said of rows that break rules. Values of columns that are classified stay out of it.</summary>
internal static class ContractMessages
{
    private const int MaxShown = 60;

    public static string Of(ContractRule rule, Column column, int row)
        => column.IsNull(row) ? $"The rule '{rule.Name}' is broken: there is no value, {rule.Expected}."
            : $"The rule '{rule.Name}' is broken: found {(rule.ShowsValues ? Shown(column, row) : "a value that is not shown")}, {rule.Expected}.";

    /// <summary>A value as JSON, cut where it is long.</summary>
    public static string Shown(Column column, int row)
    {
        using var text = new ByteBuffer();
        JsonValueWriter.Create(column).Write(row, text);
        string shown = Encoding.UTF8.GetString(text.Written);
        return shown.Length > MaxShown ? $"{shown[..MaxShown]}…" : shown;
    }
}
