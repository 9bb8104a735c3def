using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>The rows with a column more for each call over their partition.</summary>
public sealed class WindowNode : BreakerNode
{
    /// <param name="input">The rows, with all columns that calls use.</param>
    /// <param name="partition">Columns whose equal values make a partition; null is equal to null.</param>
    /// <param name="order">The order in a partition.</param>
    /// <param name="calls">The columns to make.</param>
    /// <param name="width">How many of the input's first columns come out in front of those of the calls.</param>
    public WindowNode(PhysicalNode input, IReadOnlyList<int> partition, IReadOnlyList<OrderColumn> order, IReadOnlyList<WindowColumn> calls, int? width = null)
        : base(new Schema([.. input.Schema.Fields.Take(width ?? input.Schema.Count), .. calls.Select(c => c.Field)]), input)
    {
        Partition = partition;
        Order = order;
        Calls = calls;
        Width = width ?? input.Schema.Count;
    }

    public IReadOnlyList<int> Partition { get; }

    public IReadOnlyList<OrderColumn> Order { get; }

    public IReadOnlyList<WindowColumn> Calls { get; }

    public int Width { get; }

    /// <summary>How many rows of each partition come out, the first in the order; null for all.</summary>
    public int? First { get; init; }

    /// <summary>Which partitions go to disk, and how; null for as memory says.</summary>
    internal WindowPaging? Paging { get; init; }

    public override string Name => "Window";

    public override string Details
    {
        get
        {
            Schema schema = Inputs[0].Schema;
            string partition = Partition.Count == 0 ? "" : $"partition by {string.Join(", ", Partition.Select(p => schema[p].Name))} ";
            string order = Order.Count == 0 ? "" : $"order by {OrderColumn.Describe(Order, schema)} ";
            return $"{partition}{order}{(First is { } first ? $"first {first} " : "")}→ {string.Join(", ", Calls.Select(c => c.Field.Name))}";
        }
    }

    public override IBreaker Open(QueryRun run) => new WindowBreaker(this, run.Context);
}
