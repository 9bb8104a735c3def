using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>
/// Moves semi joins that leave few rows below inner joins, to the side that they ask about: what they leave out is then not
/// joined first.
/// </summary>
internal static class PushDownSemiJoins
{
    // Of the right rows, what conditions must have left for the join to be taken as one that leaves few of the left ones.
    private const double FewRows = 0.5;

    public static LogicalPlan Apply(LogicalPlan plan) => PlanTree.Rewrite(plan, p => p is LogicalJoin { Kind: LogicalJoinKind.Semi, Condition: { } condition } join && !ExpressionTree.IsVolatile(condition) && LeavesFew(join) ? Push(join) ?? p : p);

    private static bool LeavesFew(LogicalJoin join)
        => Cardinality.Estimate(join.Right) is { } rows && rows < Cardinality.EstimateBase(join.Right) * FewRows;

    // Null where there is no inner join to be passed.
    private static LogicalPlan? Push(LogicalJoin semi)
    {
        HashSet<ColumnVariable> used = FreeVariables.Of(semi.Condition!);
        switch (semi.Left)
        {
            case LogicalFilter filter:
                return Push(semi with { Left = filter.Input }) is { } filtered ? filter with { Input = filtered } : null;
            case LogicalProject project when project.Columns.All(c => c.Expression is BoundColumn || !used.Contains(c.Variable)):
                Dictionary<ColumnVariable, BoundExpression> sources = project.Columns.Where(c => c.Expression is BoundColumn).GroupBy(c => c.Variable).ToDictionary(g => g.Key, g => g.First().Expression);
                LogicalJoin below = semi with { Left = project.Input, Condition = PlanSubstitution.Apply(semi.Condition!, sources) };
                return Push(below) is { } projected ? project with { Input = projected } : null;
            case LogicalJoin { Kind: LogicalJoinKind.Inner or LogicalJoinKind.Left } join when !used.Overlaps(Others(join.Right, semi.Right)):
                semi = semi with { Left = join.Left };
                return join with { Left = Push(semi) ?? semi };
            case LogicalJoin { Kind: LogicalJoinKind.Inner } join when !used.Overlaps(Others(join.Left, semi.Right)):
                semi = semi with { Left = join.Right };
                return join with { Right = Push(semi) ?? semi };
            case LogicalJoin { Kind: LogicalJoinKind.Semi or LogicalJoinKind.Anti } join:
                return Push(semi with { Left = join.Left }) is { } joined ? join with { Left = joined } : null;
            default:
                return null;
        }
    }

    private static IEnumerable<ColumnVariable> Others(LogicalPlan side, LogicalPlan asked) => side.Output.Except(asked.Output);
}
