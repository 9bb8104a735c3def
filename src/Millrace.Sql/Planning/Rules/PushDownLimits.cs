namespace Millrace.Sql.Planning;

/// <summary>Moves limits towards the tables: below projections, into the parts of a union, into scans.</summary>
internal static class PushDownLimits
{
    public static LogicalPlan Apply(LogicalPlan plan) => PlanTree.Rewrite(plan, p => p is LogicalLimit limit ? Push(limit) : p);

    private static LogicalPlan Push(LogicalLimit limit)
    {
        if (limit.Limit == 0)
        {
            return new LogicalValues(limit.Output, []);
        }

        switch (limit.Input)
        {
            case LogicalProject project:
                return project with { Input = Push(limit with { Input = project.Input }) };
            case LogicalLimit inner:
                return Combine(limit, inner);
            case LogicalScan scan when Most(limit) is { } rows:
                return limit with { Input = scan with { Limit = Math.Min(scan.Limit ?? long.MaxValue, rows) } };
            case LogicalUnion union when Most(limit) is { } rows && rows < long.MaxValue:
                return limit with { Input = union with { Parts = [.. union.Parts.Select(p => p is LogicalLimit ? p : Push(new LogicalLimit(p, rows, 0)))] } };
            default:
                return limit;
        }
    }

    private static LogicalLimit Combine(LogicalLimit outer, LogicalLimit inner)
    {
        long? left = inner.Limit is { } rows ? Math.Max(rows - outer.Offset, 0) : null;
        long? limit = (left, outer.Limit) switch
        {
            ({ } a, { } b) => Math.Min(a, b),
            (null, var b) => b,
            (var a, null) => a,
        };
        return outer.Offset > long.MaxValue - inner.Offset ? outer : new LogicalLimit(inner.Input, limit, inner.Offset + outer.Offset);
    }

    // Rows after which nothing more is needed.
    private static long? Most(LogicalLimit limit) => limit.Limit is { } rows ? rows > long.MaxValue - limit.Offset ? long.MaxValue : rows + limit.Offset : null;
}
