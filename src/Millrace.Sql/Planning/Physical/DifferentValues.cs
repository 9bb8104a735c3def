using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Planning;

/// <summary>
/// Aggregates of nothing but the different values of the same arguments are done by grouping twice: by keys and arguments
/// first, which is shared among lanes and goes to disk where it has to, however few the keys are.
/// </summary>
internal static class DifferentValues
{
    /// <summary>The two groupings; null where one is to be done.</summary>
    public static LogicalAggregate? Of(LogicalAggregate plan)
    {
        if (plan.Sets is not null || plan.GroupingId is not null || !IsFast(plan.Keys) || plan.Aggregates.Count == 0)
        {
            return null;
        }

        IReadOnlyList<BoundExpression> arguments = plan.Aggregates[0].Aggregate.Arguments;
        if (!plan.Aggregates.All(a => IsPlain(a.Aggregate) && a.Aggregate.Arguments.SequenceEqual(arguments, ExpressionComparer.Instance)))
        {
            return null;
        }

        Assignment[] keys = [.. plan.Keys.Select(k => Column(k.Variable.Name, k.Expression))];
        Assignment[] values = [.. arguments.Select((a, i) => Column($"#{i}", a))];
        BoundColumn[] columns = [.. values.Select(v => new BoundColumn(v.Variable))];
        return new LogicalAggregate(
            new LogicalAggregate(plan.Input, [.. keys, .. values], []),
            [.. plan.Keys.Select((k, i) => k with { Expression = new BoundColumn(keys[i].Variable) })],
            [.. plan.Aggregates.Select(a => a with { Aggregate = a.Aggregate with { Distinct = false, Arguments = columns } })]);
    }

    // A number and an argument have as fast a table as a group and an argument; text has not. Of more keys the groups are many,
    // and each has few values.
    private static bool IsFast(IReadOnlyList<Assignment> keys) => keys.Count == 0 || (keys.Count == 1 && KeyWords.Fit(keys[0].Expression.Type));

    // Functions look at constants among their arguments, and those for which order matters at which row comes first.
    private static bool IsPlain(BoundAggregate call)
        => call is { Distinct: true, Filter: null, Overload: { IgnoresRepeats: false, Ordered: false } }
            && call.Arguments.Count > 0
            && !call.Arguments.Any(a => a is BoundConstant || ExpressionTree.IsVolatile(a) || a.Type.Id == TypeId.Dictionary);

    private static Assignment Column(string name, BoundExpression expression) => new(new ColumnVariable(name, expression.Type, expression.Nullable), expression);
}
