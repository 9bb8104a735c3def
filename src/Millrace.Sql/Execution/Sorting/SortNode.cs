using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>
/// Rows in order; equal rows stay in the order of the input's parts. With <see cref="Limit"/> only the first rows come out,
/// and lanes keep little more than these.
/// </summary>
public sealed class SortNode : BreakerNode
{
    // Beyond so many rows keeping the best ones costs more than sorting all.
    private const long MaxTop = 1 << 18;

    /// <param name="input">The rows.</param>
    /// <param name="order">Columns to sort by; the first decides first.</param>
    /// <param name="width">How many of the input's first columns come out; those behind serve only as keys.</param>
    public SortNode(PhysicalNode input, IReadOnlyList<OrderColumn> order, int? width = null)
        : base(Leading(input.Schema, width ?? input.Schema.Count), input)
    {
        Order = order;
        Width = width ?? input.Schema.Count;
    }

    public IReadOnlyList<OrderColumn> Order { get; }

    public int Width { get; }

    /// <summary>Rows after which nothing more is needed.</summary>
    public long? Limit { get; init; }

    public override string Name => Limit is null ? "Sort" : "TopN";

    public override string Details
        => OrderColumn.Describe(Order, Inputs[0].Schema) + (Limit is { } limit ? $" limit {limit}" : "");

    public override IBreaker Open(QueryRun run) => new SortBreaker(run.Context, Inputs[0].Schema, Order, Width, Limit, Limit <= MaxTop);

    internal static Schema Leading(Schema schema, int width)
        => width == schema.Count ? schema : new Schema(schema.Fields.Take(width), schema.Metadata);
}
