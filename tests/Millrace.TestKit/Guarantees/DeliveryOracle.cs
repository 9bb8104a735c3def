using Millrace.Sdk;

namespace Millrace.TestKit;

/// <summary>Compares what arrived with what was sent, as strictly as a guarantee allows.</summary>
public static class DeliveryOracle
{
    /// <summary>What is wrong with the rows of a job that came to its end; null for nothing.</summary>
    public static string? Fault(DeliveryGuarantee guarantee, IReadOnlyList<string> expected, IReadOnlyList<string> actual)
    {
        Dictionary<string, int> surplus = Count(actual);
        var lost = new List<string>();
        foreach (string row in expected)
        {
            int left = surplus.GetValueOrDefault(row);
            if (left == 0)
            {
                lost.Add(row);
            }
            else
            {
                surplus[row] = left - 1;
            }
        }

        // Doubled rows are what at-least-once allows; rows that nobody sent nothing allows.
        var sent = expected.ToHashSet(StringComparer.Ordinal);
        string[] doubled = [.. surplus.Where(s => s.Value > 0 && (guarantee != DeliveryGuarantee.AtLeastOnce || !sent.Contains(s.Key))).Select(s => s.Key)];
        return lost.Count == 0 && doubled.Length == 0 ? null : $"{lost.Count} rows lost{Sample(lost)}, {doubled.Length} rows doubled or not sent{Sample(doubled)}";
    }

    /// <summary>What is wrong with the rows that are seen while a job lies half done; null for nothing.</summary>
    public static string? FaultHalfWay(DeliveryGuarantee guarantee, IReadOnlyList<string> expected, IReadOnlyList<string> actual)
    {
        var sent = expected.ToHashSet(StringComparer.Ordinal);
        string[] wrong = [.. Count(actual).Where(c => !sent.Contains(c.Key) || (c.Value > 1 && guarantee != DeliveryGuarantee.AtLeastOnce)).Select(c => c.Key)];
        return wrong.Length == 0 ? null : $"{wrong.Length} rows are doubled or not sent{Sample(wrong)}";
    }

    private static Dictionary<string, int> Count(IReadOnlyList<string> rows)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string row in rows)
        {
            counts[row] = counts.GetValueOrDefault(row) + 1;
        }

        return counts;
    }

    private static string Sample(IReadOnlyList<string> rows) => rows.Count == 0 ? "" : $" ({string.Join(" ", rows.Take(3))}{(rows.Count > 3 ? " ..." : "")})";
}
