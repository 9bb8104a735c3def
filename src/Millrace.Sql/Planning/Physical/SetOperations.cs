using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Functions;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Planning;

/// <summary>
/// <c>INTERSECT</c> and <c>EXCEPT</c> as joins: rows of the left side that are, or are not, among those of the right. With ALL
/// the first, second, third of equal rows are told apart by a number, so that each finds a partner of its own.
/// </summary>
internal static class SetOperations
{
    public static LogicalPlan AsJoin(LogicalSetOperation operation)
    {
        // The sides may be the same plan: the right one gets columns of its own.
        ColumnVariable[] right = [.. operation.Right.Output.Select(v => new ColumnVariable(v.Name, v.Type, v.Nullable))];
        LogicalPlan renamed = new LogicalProject(operation.Right, [.. right.Select((v, i) => new Assignment(v, new BoundColumn(operation.Right.Output[i])))]);
        LogicalJoinKind kind = operation.Operator == SetOperator.Intersect ? LogicalJoinKind.Semi : LogicalJoinKind.Anti;
        IReadOnlyList<ColumnVariable> left = operation.Left.Output;
        Assignment[] columns = [.. operation.Columns.Select((v, i) => new Assignment(v, new BoundColumn(left[i])))];
        if (!operation.All)
        {
            return new LogicalAggregate(new LogicalJoin(kind, operation.Left, renamed, Same(left, right)), columns, []);
        }

        LogicalPlan leftNumbered = Numbered(operation.Left, left, out ColumnVariable leftNumber);
        LogicalPlan rightNumbered = Numbered(renamed, right, out ColumnVariable rightNumber);
        return new LogicalProject(new LogicalJoin(kind, leftNumbered, rightNumbered, Same([.. left, leftNumber], [.. right, rightNumber])), columns);
    }

    private static BoundExpression Same(IReadOnlyList<ColumnVariable> left, IReadOnlyList<ColumnVariable> right)
    {
        BoundExpression[] equal = [.. left.Select((v, i) => new BoundComparison(CompareOperator.NotDistinctFrom, new BoundColumn(v), new BoundColumn(right[i])))];
        return equal.Length == 1 ? equal[0] : new BoundLogic(true, equal);
    }

    private static LogicalWindow Numbered(LogicalPlan plan, IReadOnlyList<ColumnVariable> columns, out ColumnVariable number)
    {
        WindowFunction rowNumber = RankFunctions.RowNumberFunction;
        number = new ColumnVariable("number", DataType.Int64, nullable: false);
        var call = new BoundWindowCall { Function = rowNumber, Overload = rowNumber.Overloads[0], Frame = BoundFrame.Whole };
        return new LogicalWindow(plan, [.. columns.Select(v => new BoundColumn(v))], [], [new WindowAssignment(number, call)]);
    }
}
