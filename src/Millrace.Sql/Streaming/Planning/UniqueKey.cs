using Millrace.Sql.Binding;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Streaming;

/// <summary>Finds columns whose values no two rows of a result share.</summary>
internal static class UniqueKey
{
    /// <summary>Numbers of such columns of a plan; null where none are known.</summary>
    public static IReadOnlyList<int>? Of(LogicalPlan plan)
    {
        if (Find(plan) is not { } key)
        {
            return null;
        }

        var numbers = new List<int>();
        foreach (ColumnVariable column in key)
        {
            int number = plan.Output.Select((c, i) => (c, i)).Where(c => ReferenceEquals(c.c, column)).Select(c => c.i).DefaultIfEmpty(-1).First();
            if (number < 0)
            {
                return null;
            }

            numbers.Add(number);
        }

        return numbers;
    }

    private static IReadOnlyList<ColumnVariable>? Find(LogicalPlan plan) => plan switch
    {
        LogicalAggregate { Sets: null } aggregate => [.. aggregate.Keys.Select(k => k.Variable)],
        LogicalFilter filter => Find(filter.Input),
        LogicalSort sort => Find(sort.Input),
        LogicalLimit limit => Find(limit.Input),
        LogicalWindow window => Find(window.Input),
        LogicalJoin { Kind: LogicalJoinKind.Semi or LogicalJoinKind.Anti or LogicalJoinKind.Mark or LogicalJoinKind.Single } join => Find(join.Left),
        LogicalJoin { Kind: LogicalJoinKind.Inner } join when Find(join.Left) is { } left && Find(join.Right) is { } right => [.. left, .. right],
        LogicalProject project when Find(project.Input) is { } key => Renamed(project, key),
        _ => null,
    };

    private static ColumnVariable[]? Renamed(LogicalProject project, IReadOnlyList<ColumnVariable> key)
    {
        ColumnVariable?[] renamed = [.. key.Select(k => project.Columns.FirstOrDefault(c => c.Expression is BoundColumn column && ReferenceEquals(column.Column, k))?.Variable)];
        return renamed.Any(r => r is null) ? null : [.. renamed.Select(r => r!)];
    }
}
