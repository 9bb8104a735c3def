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
        Print(root, 0, statistics, text, []);
        return text.ToString();
    }

    /// <summary>What a run took as a whole. Its lanes work at once, so times of nodes may add up to more.</summary>
    public static string Summary(long rows, TimeSpan time, QueryContext context)
    {
        MemoryBudget memory = context.Memory;
        string limit = memory.Limit == long.MaxValue ? "" : $", limit {SizeText.Bytes(memory.Limit)}";
        string spilled = memory.Spilled > 0 ? $", {SizeText.Bytes(memory.Spilled)} on disk" : "";
        return $"total: {SizeText.Count(rows, "row", "rows")}, {SizeText.Time(time)} in {SizeText.Count(Math.Max(1, context.Lanes), "lane", "lanes")}, {SizeText.Bytes(memory.Peak)} kept{limit}{spilled}";
    }

    private static void Print(PhysicalNode node, int depth, QueryStatistics? statistics, StringBuilder text, HashSet<PhysicalNode> shared)
    {
        text.Append(' ', depth * 2).Append(node.Name);
        if (node.Details.Length > 0)
        {
            text.Append(' ').Append(node.Details);
        }

        if (statistics is not null)
        {
            NodeStatistics done = statistics.Of(node);
            text.Append(CultureInfo.InvariantCulture, $"  ({SizeText.Count(done.Rows, "row", "rows")} in {SizeText.Count(done.Batches, "batch", "batches")}, {SizeText.Time(done.Time)}, {SizeText.Bytes(done.PeakMemory)}");
            text.Append(done.Spilled > 0 ? $", {SizeText.Bytes(done.Spilled)} on disk" : "").Append(')');
        }
        else if (node.Rows is { } rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"  (about {rows} rows)");
        }

        text.Append('\n');
        // What several places read is printed at the first.
        foreach (PhysicalNode input in node.Inputs.Where(i => i is not SharedRowsNode || shared.Add(i)))
        {
            Print(input, depth + 1, statistics, text, shared);
        }
    }
}
