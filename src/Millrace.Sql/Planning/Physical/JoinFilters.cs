using Millrace.Sql.Binding;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Planning;

/// <summary>
/// Filters that joins further up offer to the plans of their passing side, on their way down. One is worth its work where it
/// spares another join or a group rows; right in front of its own join it would only do the same twice.
/// </summary>
internal sealed class JoinFilters
{
    private readonly IReadOnlyList<Offer> _offers;

    private JoinFilters(IReadOnlyList<Offer> offers) => _offers = offers;

    public static JoinFilters None { get; } = new([]);

    /// <summary>With one more, of the join at hand.</summary>
    /// <param name="build">The side that the join keeps.</param>
    /// <param name="keys">Its keys: the passing side's expressions, in the order of the build's key columns.</param>
    public JoinFilters With(JoinBuildNode build, IReadOnlyList<JoinComparison> keys)
        => keys.Count > 0 && keys.All(k => k.Left is BoundColumn)
            ? new([.. _offers, new Offer([.. keys.Select(k => ((BoundColumn)k.Left).Column)], build, IsWorthIt: false)])
            : this;

    /// <summary>Those whose columns a side of a join has, or has the like of by the join's equalities.</summary>
    /// <param name="side">The side.</param>
    /// <param name="same">Columns of the other side and what they are equal to.</param>
    public JoinFilters Into(LogicalPlan side, IReadOnlyDictionary<ColumnVariable, ColumnVariable> same)
    {
        HashSet<ColumnVariable> columns = [.. side.Output];
        return Map(v => columns.Contains(v) ? v : same.GetValueOrDefault(v) is { } other && columns.Contains(other) ? other : null, isWorthIt: true);
    }

    /// <summary>Those that choose whole groups.</summary>
    public JoinFilters Into(LogicalAggregate plan)
        => plan.Sets is null ? Into(plan.Keys, isWorthIt: true) : None;

    /// <summary>Those whose columns a projection only passes on.</summary>
    public JoinFilters Into(LogicalProject plan) => Into(plan.Columns, isWorthIt: false);

    /// <summary>Puts those that are worth it over a node.</summary>
    public PhysicalNode Over(PhysicalNode node, LogicalPlan plan)
    {
        if (_offers.Count == 0)
        {
            return node;
        }

        Layout layout = PhysicalPlanner.LayoutOf(plan);
        foreach (Offer offer in _offers.Where(o => o.IsWorthIt && o.Columns.All(layout.Contains)))
        {
            JoinKey[] keys = [.. offer.Columns.Select((c, i) => new JoinKey(layout[c], offer.Build.Keys[i], offer.Build.NullsMatch[i]))];
            node = new JoinFilterNode(node, offer.Build, keys) { Rows = node.Rows };
        }

        return node;
    }

    private JoinFilters Into(IReadOnlyList<Assignment> made, bool isWorthIt)
    {
        var sources = new Dictionary<ColumnVariable, ColumnVariable>();
        foreach (Assignment each in made)
        {
            if (each.Expression is BoundColumn column)
            {
                sources.TryAdd(each.Variable, column.Column);
            }
        }

        return Map(v => sources.GetValueOrDefault(v), isWorthIt);
    }

    private JoinFilters Map(Func<ColumnVariable, ColumnVariable?> map, bool isWorthIt)
    {
        if (_offers.Count == 0)
        {
            return this;
        }

        var mapped = new List<Offer>();
        foreach (Offer offer in _offers)
        {
            ColumnVariable?[] columns = [.. offer.Columns.Select(map)];
            if (!columns.Contains(null))
            {
                mapped.Add(new Offer(columns!, offer.Build, offer.IsWorthIt || isWorthIt));
            }
        }

        return new(mapped);
    }

    /// <param name="Columns">The columns that are looked up, in the order of the build's keys.</param>
    /// <param name="Build">Where.</param>
    /// <param name="IsWorthIt">Whether something lies between here and the join.</param>
    private sealed record Offer(IReadOnlyList<ColumnVariable> Columns, JoinBuildNode Build, bool IsWorthIt);
}
