namespace Millrace.Scenarios.Crash;

/// <summary>What changes in CSV files add up to.</summary>
internal static class ChangelogFold
{
    /// <summary>The rows that are left, in the order of their text.</summary>
    /// <param name="folder">Files, whose names sort in the order in which they were written.</param>
    /// <param name="keyColumns">First columns that are a key: the last row of each counts. Null where all count that were not taken back.</param>
    public static IReadOnlyList<string> Rows(string folder, int? keyColumns)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var last = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(folder, "*.csv").Order(StringComparer.Ordinal))
        {
            string[] lines = File.ReadAllLines(file);
            bool hasOperation = lines[0].StartsWith("_op,", StringComparison.Ordinal);
            foreach (string line in lines.Skip(1))
            {
                string operation = hasOperation ? line[..line.IndexOf(',', StringComparison.Ordinal)] : "+I";
                string row = hasOperation ? line[(operation.Length + 1)..] : line;
                if (keyColumns is { } columns)
                {
                    last[string.Join(',', row.Split(',').Take(columns))] = operation == "D" ? "" : row;
                }
                else
                {
                    counts[row] = counts.GetValueOrDefault(row) + (operation[0] == '-' ? -1 : 1);
                }
            }
        }

        IEnumerable<string> rows = keyColumns is null
            ? counts.SelectMany(c => Enumerable.Repeat(c.Value < 0 ? "taken back: " + c.Key : c.Key, Math.Abs(c.Value)))
            : last.Values.Where(r => r.Length > 0);
        return [.. rows.Order(StringComparer.Ordinal)];
    }

    /// <summary>What is wrong; null for nothing.</summary>
    public static string? Fault(IEnumerable<string> expected, IReadOnlyList<string> actual)
    {
        string[] lost = [.. Minus(expected, actual)];
        string[] extra = [.. Minus(actual, expected)];
        return lost.Length + extra.Length == 0 ? null : $"{lost.Length} lost {string.Join(' ', lost.Take(3))}, {extra.Length} doubled or wrong {string.Join(' ', extra.Take(3))}";
    }

    private static IEnumerable<string> Minus(IEnumerable<string> left, IEnumerable<string> right)
    {
        var counts = right.GroupBy(r => r, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        foreach (string row in left)
        {
            if (counts.GetValueOrDefault(row) is > 0 and var count)
            {
                counts[row] = count - 1;
            }
            else
            {
                yield return row;
            }
        }
    }
}
