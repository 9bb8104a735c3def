using System.Text;

namespace Millrace.Connectors.Tests.Databases;

/// <summary>The table of types in a guide, which is written by the test that compares it with what the code does.</summary>
internal static class GuideTypes
{
    private const string Begin = "<!-- types: written by a test -->\n";
    private const string End = "<!-- end of types -->\n";

    /// <param name="page">The guide.</param>
    /// <param name="database">Heads the first column.</param>
    /// <param name="builtIn">Types with the column type of each; those with the same one share a line.</param>
    /// <param name="others">Lines behind those, with text for names.</param>
    public static void AssertStandsIn(string page, string database, IEnumerable<(string Name, DataType Type)> builtIn, IEnumerable<(string Names, DataType Type)> others)
    {
        var table = new StringBuilder($"| {database} | column |\n|---|---|\n");
        IEnumerable<(string, string)> known = builtIn.GroupBy(t => t.Type.ToString(), t => t.Name).Select(g => (string.Join(", ", g.Select(n => $"`{n}`")), g.Key));
        foreach ((string names, string column) in known.Concat(others.Select(o => (o.Names, o.Type.ToString()))))
        {
            table.Append("| ").Append(names).Append(" | `").Append(column).Append("` |\n");
        }

        string text = File.ReadAllText(Path.Combine(GoldenFile.Root(), page));
        int begin = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = text.IndexOf(End, StringComparison.Ordinal);
        Assert.True(begin >= Begin.Length && end >= begin, $"{page} has no place for the table.");
        GoldenFile.Assert(page, text[..begin] + table + text[end..]);
    }
}
