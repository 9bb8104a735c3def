using Millrace.Columnar;
using Millrace.Sql.Functions;
using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Binding;

/// <summary>
/// <c>GAP_FILL</c>: each row of a partition, in the order of time, is followed back to the one before it in steps, and what
/// lies between gets rows of its own. Looking back, not ahead, needs of a stream only the last row of each partition.
/// </summary>
internal static class GapFillBinder
{
    public static FromResult Bind(FromBinder from, GapFillTable syntax, Scope left, bool nullable)
    {
        FromResult input = from.Bind(syntax.Input, left, nullable);
        var binder = new ExpressionBinder(from.Queries, input.Scope, from.CommonTables, new Clause("GAP_FILL"));
        BoundExpression bound = binder.BindSettled(new NameSyntax(new QualifiedName([syntax.Time]) { Span = syntax.Time.Span }) { Span = syntax.Time.Span });
        if (bound is not BoundColumn { Column: { Type.Id: TypeId.Timestamp } time })
        {
            throw BindingErrors.BadWindow($"GAP_FILL goes by a column that is a timestamp, and '{syntax.Time}' is a {bound.Type}.", syntax.Time.Span);
        }

        Interval step = TimeWindowBinder.Size(binder, syntax.Step);
        BoundExpression[] partition = [.. syntax.PartitionBy.Select(binder.BindSettled)];
        if (Array.Find(partition, k => k is not BoundColumn) is { } computed)
        {
            throw BindingErrors.BadWindow("GAP_FILL is partitioned by columns: the rows that it adds have their values.", computed.Span, "Compute it in a subquery.");
        }

        var value = new ColumnVariable(time.Name, time.Type);
        LogicalPlan rows = Steps(input.Plan, time, step, partition, value);
        return Columns(from, syntax, input.Scope, rows, time, value, [.. partition.Select(k => ((BoundColumn)k).Column)]);
    }

    // The times from that of a row back to that of the row before it, which is left out.
    private static LogicalFilter Steps(LogicalPlan input, ColumnVariable time, Interval step, BoundExpression[] partition, ColumnVariable value)
    {
        var own = new BoundColumn(time);
        var before = new ColumnVariable("#before", time.Type);
        var lag = new BoundWindowCall { Function = OffsetFunctions.Lag, Overload = OffsetFunctions.Lag.Overloads[0], Arguments = [own], Frame = BoundFrame.ToCurrent };
        var window = new LogicalWindow(input, partition, [new BoundOrder(own, Descending: false, NullsFirst: false)], [new WindowAssignment(before, lag)]);
        var back = new BoundConstant(DataType.Interval, new Interval(-step.Months, -step.Days, -step.Nanoseconds));
        var series = new LogicalSeries(window, own, new BoundCoalesce([new BoundColumn(before), own]), back, value) { IsGap = true };
        var at = new BoundColumn(value);
        return new LogicalFilter(series, new BoundLogic(false, [new BoundComparison(CompareOperator.Equal, at, own), new BoundComparison(CompareOperator.DistinctFrom, at, new BoundColumn(before))]));
    }

    // Rows that were added have nothing but their time and the columns of their partition.
    private static FromResult Columns(FromBinder from, GapFillTable syntax, Scope scope, LogicalPlan rows, ColumnVariable time, ColumnVariable value, HashSet<ColumnVariable> keys)
    {
        var isRow = new BoundComparison(CompareOperator.Equal, new BoundColumn(value), new BoundColumn(time));
        var assignments = new List<Assignment>();
        var columns = new List<RelationColumn>();
        var system = new List<ScopeColumn>();
        foreach (ScopeColumn column in scope.Columns)
        {
            ColumnVariable? source = (column.Expression as BoundColumn)?.Column;
            BoundExpression made = source == time ? new BoundColumn(value)
                : source is not null && keys.Contains(source) ? column.Expression
                : new BoundCase([isRow], [column.Expression], new BoundConstant(column.Expression.Type, null));
            var variable = new ColumnVariable(column.Name, made.Type);
            assignments.Add(new Assignment(variable, made));
            if (column.IsSystem)
            {
                system.Add(new ScopeColumn(column.Name, new BoundColumn(variable)) { IsSystem = true });
            }
            else
            {
                columns.Add(new RelationColumn(column.Name, variable));
            }
        }

        return from.Named(new Relation(new LogicalProject(rows, assignments), columns), syntax, scope.Tables is [var only] ? only.Alias : "", system);
    }
}
