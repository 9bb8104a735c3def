using System.Text;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>Logical plans as an indented tree, a line for each operator: what <c>EXPLAIN</c> shows.</summary>
public static class LogicalPrinter
{
    public static string Print(LogicalPlan plan)
    {
        var text = new StringBuilder();
        Write(text, plan, 0);
        return text.ToString();
    }

    private static void Write(StringBuilder text, LogicalPlan plan, int depth)
    {
        StackGuard.Check(default);
        text.Append(' ', depth * 2).Append(Describe(plan)).Append('\n');
        foreach (BoundSubquery subquery in PlanExpressions.Of(plan).SelectMany(Subqueries))
        {
            text.Append(' ', (depth + 1) * 2).Append(subquery.Kind.ToString().ToLowerInvariant()).Append(" query\n");
            Write(text, subquery.Query, depth + 2);
        }

        foreach (LogicalPlan input in plan.Inputs)
        {
            Write(text, input, depth + 1);
        }
    }

    /// <summary>The line of the root operator.</summary>
    public static string Describe(LogicalPlan plan) => plan switch
    {
        LogicalScan p => $"scan {p.Table.Name} [{string.Join(", ", p.Columns.Select(c => c.Name))}]{Suffix(" where ", p.Predicates.Select(ExpressionText.Of), " and ")}{(p.Limit is { } rows ? $" limit {rows}" : "")}",
        LogicalValues { Columns.Count: 0 } p => p.Rows.Count == 1 ? "one row" : $"{p.Rows.Count} rows",
        LogicalValues p => $"values [{Names(p.Columns)}] {p.Rows.Count} rows",
        LogicalFilter p => $"filter {ExpressionText.Of(p.Condition)}",
        LogicalProject p => $"project {string.Join(", ", p.Columns.Select(Print))}",
        LogicalAggregate { Aggregates.Count: 0, Sets: null } p => $"distinct {string.Join(", ", p.Keys.Select(Print))}",
        LogicalAggregate p => Describe(p),
        LogicalDistinctOn p => $"distinct on {List(p.Keys)}",
        LogicalLatest p => $"latest by {List(p.Keys)}{(p.Version is null ? "" : $" of {ExpressionText.Of(p.Version)}")}",
        LogicalWindow p => $"window {string.Join(", ", p.Calls.Select(c => $"{c.Variable.Name} = {WindowText.Of(c.Call)}"))}{Suffix(" partition by ", p.PartitionBy.Select(ExpressionText.Of))}{Suffix(" order by ", p.OrderBy.Select(ExpressionText.Of))}",
        LogicalSort p => $"sort {string.Join(", ", p.Keys.Select(ExpressionText.Of))}",
        LogicalLimit p => $"limit {(p.Limit is { } limit ? limit : "all")}{(p.Offset == 0 ? "" : $" offset {p.Offset}")}",
        LogicalJoin { Condition: null, Kind: LogicalJoinKind.Inner } => "cross join",
        LogicalJoin p => $"{p.Kind.ToString().ToLowerInvariant()} join{(p.Condition is null ? "" : $" on {ExpressionText.Of(p.Condition)}")}",
        LogicalApply p => $"{p.Kind.ToString().ToLowerInvariant()} apply{(p.Condition is null ? "" : $" on {ExpressionText.Of(p.Condition)}")}",
        LogicalUnion => "union all",
        LogicalSetOperation p => $"{p.Operator.ToString().ToLowerInvariant()}{(p.All ? " all" : "")}",
        LogicalUnnest p => $"unnest {List(p.Arrays)}{(p.Ordinality is null ? "" : " with ordinality")}{(p.KeepsEmpty ? " keeping empty" : "")}",
        LogicalSeries p => $"series {ExpressionText.Of(p.From)} to {ExpressionText.Of(p.To)} by {ExpressionText.Of(p.Step)}",
        LogicalTimeWindow p => $"{p.Kind.ToString().ToLowerInvariant()} windows of {ExpressionText.Of(p.Time)}, {Print(p.Size)}{(p.Advance is { } advance ? $" by {Print(advance)}" : "")}{Suffix(" partition by ", p.Key.Select(ExpressionText.Of))}",
        LogicalRecursion p => $"recursion{(p.Distinct ? " distinct" : "")}",
        LogicalWorkTable p => $"work table [{Names(p.Columns)}]",
        LogicalShared p => $"shared #{p.Shared.Number} [{Names(p.Columns)}]",
        _ => plan.GetType().Name,
    };

    private static string Describe(LogicalAggregate p)
    {
        string sets = p.Sets is null ? "" : $" sets {string.Join(", ", p.Sets.Select(s => $"({string.Join(", ", s.Select(k => p.Keys[k].Variable.Name))})"))}";
        string keys = p.Keys.Count == 0 ? "" : $" by {string.Join(", ", p.Keys.Select(Print))}";
        return $"aggregate {string.Join(", ", p.Aggregates.Select(a => $"{a.Variable.Name} = {ExpressionText.Of(a.Aggregate)}"))}{keys}{sets}";
    }

    private static IEnumerable<BoundSubquery> Subqueries(BoundExpression expression)
    {
        var found = new List<BoundSubquery>();
        ExpressionTree.Any(expression, e =>
        {
            if (e is BoundSubquery subquery)
            {
                found.Add(subquery);
            }

            return false;
        });
        return found;
    }

    private static string Print(Assignment assignment)
        => assignment.Expression is BoundColumn column && column.Column.Name == assignment.Variable.Name
            ? column.Column.Name
            : $"{assignment.Variable.Name} = {ExpressionText.Of(assignment.Expression)}";

    private static string Print(Columnar.Interval interval) => ExpressionText.Of(new BoundConstant(Columnar.DataType.Interval, interval));

    private static string List(IEnumerable<BoundExpression> expressions) => string.Join(", ", expressions.Select(ExpressionText.Of));

    private static string Names(IEnumerable<ColumnVariable> columns) => string.Join(", ", columns.Select(c => c.Name));

    private static string Suffix(string prefix, IEnumerable<string> parts, string separator = ", ")
    {
        string list = string.Join(separator, parts);
        return list.Length == 0 ? "" : prefix + list;
    }
}
