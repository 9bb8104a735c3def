using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Binding;

/// <summary>A call over a window with its partition and order.</summary>
internal sealed record WindowEntry(ColumnVariable Variable, BoundWindowCall Call, IReadOnlyList<BoundExpression> PartitionBy, IReadOnlyList<BoundOrder> OrderBy)
{
    /// <summary>How the partition is cut into buffers; null for not at all.</summary>
    public RowBuffer? Buffer { get; init; }
}

/// <summary>The calls over windows of a query, and the columns that stand for them.</summary>
internal sealed class WindowCalls(IReadOnlyList<NamedWindow> named)
{
    private readonly List<WindowEntry> _all = [];

    public IReadOnlyList<NamedWindow> Named { get; } = named;

    public IReadOnlyList<WindowEntry> All => _all;

    public void Add(WindowEntry entry) => _all.Add(entry);

    public bool Owns(ColumnVariable variable) => _all.Exists(e => e.Variable == variable);

    /// <summary>The plan with an operator for each different pair of partition and order.</summary>
    public static LogicalPlan Plan(LogicalPlan input, IEnumerable<WindowEntry> entries)
    {
        var groups = new List<List<WindowEntry>>();
        foreach (WindowEntry entry in entries)
        {
            List<WindowEntry>? group = groups.Find(g => Same(g[0], entry));
            if (group is null)
            {
                groups.Add([entry]);
            }
            else
            {
                group.Add(entry);
            }
        }

        foreach (List<WindowEntry> group in groups)
        {
            IReadOnlyList<BoundExpression> partition = group[0].PartitionBy;
            if (group[0].Buffer is { } buffer)
            {
                // Buffers are numbered first; then each is a partition of its own.
                WindowAssignment number = RowBuffers.Number(buffer, group[0].OrderBy);
                input = new LogicalWindow(input, partition, group[0].OrderBy, [number]);
                partition = [.. partition, new BoundColumn(number.Variable)];
            }

            input = new LogicalWindow(input, partition, group[0].OrderBy, [.. group.Select(e => new WindowAssignment(e.Variable, e.Call))]);
        }

        return input;
    }

    private static bool Same(WindowEntry left, WindowEntry right)
        => left.Buffer == right.Buffer
            && left.PartitionBy.SequenceEqual(right.PartitionBy, ExpressionComparer.Instance)
            && left.OrderBy.Count == right.OrderBy.Count
            && left.OrderBy.Zip(right.OrderBy).All(p => p.First.Descending == p.Second.Descending && p.First.NullsFirst == p.Second.NullsFirst && ExpressionComparer.Instance.Equals(p.First.Expression, p.Second.Expression));
}
