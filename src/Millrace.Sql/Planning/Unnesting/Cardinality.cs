using Millrace.Columnar;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>What is known of the number of rows of a plan.</summary>
internal static class Cardinality
{
    /// <summary>Whether there is exactly one row, whatever the tables hold.</summary>
    public static bool IsOne(LogicalPlan plan) => plan switch
    {
        LogicalAggregate p => p.Keys.Count == 0 && p.Sets is null,
        LogicalProject p => IsOne(p.Input),
        LogicalSort p => IsOne(p.Input),
        LogicalValues p => p.Rows.Count == 1,
        LogicalWindow p => IsOne(p.Input),
        LogicalLimit p => p.Limit is null or > 0 && p.Offset == 0 && IsOne(p.Input),
        LogicalJoin { Kind: LogicalJoinKind.Single or LogicalJoinKind.Mark } p => IsOne(p.Left),
        LogicalJoin { Kind: LogicalJoinKind.Inner, Condition: null } p => IsOne(p.Left) && IsOne(p.Right),
        _ => false,
    };

    public static bool IsAtMostOne(LogicalPlan plan) => plan switch
    {
        LogicalLimit { Limit: <= 1 } => true,
        LogicalFilter p => IsAtMostOne(p.Input),
        LogicalProject p => IsAtMostOne(p.Input),
        LogicalSort p => IsAtMostOne(p.Input),
        LogicalLimit p => IsAtMostOne(p.Input),
        _ => IsOne(plan),
    };

    /// <summary>About how many rows there are; null when unknown.</summary>
    public static double? Estimate(LogicalPlan plan)
    {
        switch (plan)
        {
            case LogicalScan p:
                return p.Table.RowEstimate;
            case LogicalValues p:
                return p.Rows.Count;
            case LogicalFilter p:
                return Estimate(p.Input) * Math.Max(ExpressionTree.Conjuncts(p.Condition).Aggregate(1.0, (share, c) => share * Share(c)), 0.005);
            case LogicalAggregate { Keys.Count: 0 }:
                return 1;
            case LogicalAggregate p:
                return Estimate(p.Input) * 0.2;
            case LogicalLimit p:
                return p.Limit is { } limit ? Math.Min(Estimate(p.Input) ?? limit, limit) : Estimate(p.Input);
            case LogicalJoin { Kind: LogicalJoinKind.Semi, Condition: not null } p:
                return Estimate(p.Left) * Math.Min((Estimate(p.Right) / EstimateBase(p.Right)) ?? 1, 1);
            case LogicalJoin { Kind: LogicalJoinKind.Semi or LogicalJoinKind.Anti or LogicalJoinKind.Mark or LogicalJoinKind.Single or LogicalJoinKind.AsOf or LogicalJoinKind.AsOfLeft } p:
                return Estimate(p.Left);
            case LogicalJoin { Condition: null } p:
                return Estimate(p.Left) * Estimate(p.Right);
            case LogicalJoin { Kind: LogicalJoinKind.Inner } p:
                return Estimate(p.Left) is { } left && Estimate(p.Right) is { } right
                    ? Joined(left, EstimateBase(p.Left) ?? left, right, EstimateBase(p.Right) ?? right)
                    : null;
            case LogicalJoin p:
                return Max(Estimate(p.Left), Estimate(p.Right));
            case LogicalUnion p:
                return p.Parts.Aggregate((double?)0, (sum, part) => sum + Estimate(part));
            case LogicalSetOperation p:
                return Estimate(p.Left);
            case LogicalSeries p:
                return Estimate(p.Input) * Length(p);
            case LogicalShared p:
                return Estimate(p.Shared.Plan);
            case LogicalUnnest:
                return null;
            case LogicalUnary p:
                return Estimate(p.Input);
            default:
                return null;
        }
    }

    /// <summary>About how many rows there were without conditions, at least one; null when unknown.</summary>
    public static double? EstimateBase(LogicalPlan plan) => plan switch
    {
        LogicalFilter p => EstimateBase(p.Input),
        LogicalProject p => EstimateBase(p.Input),
        LogicalJoin { Kind: LogicalJoinKind.Inner, Condition: not null } p => Max(EstimateBase(p.Left), EstimateBase(p.Right)),
        LogicalJoin { Kind: LogicalJoinKind.Semi or LogicalJoinKind.Anti } p => EstimateBase(p.Left),
        LogicalShared p => EstimateBase(p.Shared.Plan),
        _ => Estimate(plan) is { } rows ? Math.Max(rows, 1) : null,
    };

    /// <summary>A join on equality leaves about what the smaller table's conditions leave of the larger one.</summary>
    public static double Joined(double left, double leftBase, double right, double rightBase)
        => Math.Max(left * right / Math.Max(Math.Min(leftBase, rightBase), 1), 1);

    private static double? Length(LogicalSeries series)
        => Number(series.From) is { } from && Number(series.To) is { } to && Number(series.Step) is { } step && step != 0
            ? Math.Max(Math.Floor((to - from) / step) + 1, 0)
            : null;

    private static double? Number(BoundExpression expression) => expression is BoundConstant { Value: int or long } constant ? Convert.ToDouble(constant.Value, System.Globalization.CultureInfo.InvariantCulture) : null;

    // About how many of the rows a condition leaves, when nothing is known of the values.
    private static double Share(BoundExpression condition) => condition switch
    {
        BoundComparison { Operator: CompareOperator.Equal, Right: BoundConstant } => 0.05,
        BoundComparison { Operator: CompareOperator.NotEqual, Right: BoundConstant } or BoundIsNull { Negated: true } => 0.95,
        _ => 0.3,
    };

    private static double? Max(double? left, double? right) => left is { } a && right is { } b ? Math.Max(a, b) : null;
}
