using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Planning;

/// <content>Tables, and which comparisons they are told of.</content>
public static partial class PhysicalPlanner
{
    private static ScanNode PlanScan(LogicalScan scan)
    {
        var predicates = new List<ScanPredicate>();
        foreach (BoundExpression condition in scan.Predicates)
        {
            if (ToPredicate(scan, condition) is { } predicate)
            {
                predicates.Add(predicate);
            }
        }

        return new ScanNode(SchemaOf(scan), scan.Table, [.. scan.Columns.Select(c => c.Name)], predicates, scan.Limit ?? long.MaxValue) { Rows = scan.Table.RowEstimate };
    }

    // Only what a table can do with its statistics; the filter above tests everything anyway.
    private static ScanPredicate? ToPredicate(LogicalScan scan, BoundExpression condition)
    {
        (BoundExpression? column, PredicateOperator? op, BoundConstant[] constants) = condition switch
        {
            BoundComparison { Right: BoundConstant { Value: not null } right } c => (c.Left, Operator(c.Operator), [right]),
            BoundComparison { Left: BoundConstant { Value: not null } left } c => (c.Right, Operator(Turned(c.Operator)), [left]),

            // Nothing equals null, so the list is as good without.
            BoundIn list when list.Values.Any(v => v.Value is not null) => (list.Operand, PredicateOperator.In, [.. list.Values.Where(v => v.Value is not null)]),
            BoundIsNull test => (test.Operand, test.Negated ? PredicateOperator.IsNotNull : PredicateOperator.IsNull, []),
            _ => ((BoundExpression?)null, (PredicateOperator?)null, Array.Empty<BoundConstant>()),
        };
        if (column is not BoundColumn variable || op is null)
        {
            return null;
        }

        ScanColumn? read = scan.Columns.FirstOrDefault(c => ReferenceEquals(c.Variable, variable.Column));
        return read is null || scan.Table.Schema.IndexOf(read.Name) < 0 ? null : new ScanPredicate(read.Name, op.Value, constants);
    }

    private static PredicateOperator? Operator(CompareOperator op) => op switch
    {
        CompareOperator.Equal => PredicateOperator.Equal,
        CompareOperator.NotEqual => PredicateOperator.NotEqual,
        CompareOperator.Less => PredicateOperator.Less,
        CompareOperator.LessOrEqual => PredicateOperator.LessOrEqual,
        CompareOperator.Greater => PredicateOperator.Greater,
        CompareOperator.GreaterOrEqual => PredicateOperator.GreaterOrEqual,
        _ => null,
    };

    private static CompareOperator Turned(CompareOperator op) => op switch
    {
        CompareOperator.Less => CompareOperator.Greater,
        CompareOperator.LessOrEqual => CompareOperator.GreaterOrEqual,
        CompareOperator.Greater => CompareOperator.Less,
        CompareOperator.GreaterOrEqual => CompareOperator.LessOrEqual,
        _ => op,
    };
}
