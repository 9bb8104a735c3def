using System.Globalization;
using System.Text;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Planning;

/// <summary>A tree of nodes as text: a line a node, indented by its depth.</summary>
public static class PhysicalPrinter
{
    /// <param name="root">The tree.</param>
    /// <param name="statistics">What the nodes did, for <c>EXPLAIN ANALYZE</c>; null for a tree that has not run.</param>
    public static string Print(PhysicalNode root, QueryStatistics? statistics = null)
    {
        var text = new StringBuilder();
        Print(root, 0, statistics, text);
        return text.ToString();
    }

    private static void Print(PhysicalNode node, int depth, QueryStatistics? statistics, StringBuilder text)
    {
        text.Append(' ', depth * 2).Append(node.Name);
        if (node.Details.Length > 0)
        {
            text.Append(' ').Append(node.Details);
        }

        if (statistics is not null)
        {
            NodeStatistics done = statistics.Of(node);
            text.Append(CultureInfo.InvariantCulture, $"  ({done.Rows} rows, {done.Batches} batches, {done.Time.TotalMilliseconds:0.0} ms)");
        }
        else if (node.Rows is { } rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"  (about {rows} rows)");
        }

        text.Append('\n');
        foreach (PhysicalNode input in node.Inputs)
        {
            Print(input, depth + 1, statistics, text);
        }
    }
}
