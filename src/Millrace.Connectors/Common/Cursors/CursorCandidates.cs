namespace Millrace.Connectors.Common;

/// <summary>Columns that could be a cursor, for the hint where none was named or one that cannot be.</summary>
internal static class CursorCandidates
{
    /// <param name="columns">Columns of the table with what each would count; null for one that cannot be a cursor.</param>
    public static string Hint(IEnumerable<(string Name, CursorKind? Kind)> columns)
    {
        string[] fit = [.. columns
            .Where(c => c.Kind is not null and not CursorKind.Other)
            .OrderBy(c => c.Kind)
            .Select(c => c.Name)];
        return fit.Length == 0
            ? "No column of the table is a number or a time that could grow with every change; read it as a whole with `mode: full`."
            : $"Set `cursor` to a column that grows with every change; {string.Join(", ", fit)} could be one.";
    }
}
