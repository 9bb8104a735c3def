using Millrace.Columnar;
using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Binding;

/// <summary>The aggregates of a query, each once, and the columns that stand for them.</summary>
internal sealed class AggregateCalls
{
    private readonly List<AggregateAssignment> _all = [];
    private readonly List<GroupingCall> _groupings = [];

    public IReadOnlyList<AggregateAssignment> All => _all;

    public IReadOnlyList<GroupingCall> Groupings => _groupings;

    public bool Any => _all.Count > 0 || _groupings.Count > 0;

    public ColumnVariable Add(BoundAggregate aggregate)
    {
        foreach (AggregateAssignment known in _all)
        {
            if (Same(known.Aggregate, aggregate))
            {
                return known.Variable;
            }
        }

        var variable = new ColumnVariable(aggregate.Function.Name, aggregate.Type, aggregate.Function.Name != "count");
        _all.Add(new AggregateAssignment(variable, aggregate));
        return variable;
    }

    public ColumnVariable AddGrouping(IReadOnlyList<BoundExpression> keys, TextSpan span)
    {
        var call = new GroupingCall(new ColumnVariable("grouping", DataType.Int32, nullable: false), keys, span);
        _groupings.Add(call);
        return call.Variable;
    }

    public bool Owns(ColumnVariable variable) => _all.Exists(a => a.Variable == variable) || _groupings.Exists(g => g.Variable == variable);

    private static bool Same(BoundAggregate left, BoundAggregate right)
        => ReferenceEquals(left.Overload, right.Overload)
            && left.Type.Equals(right.Type)
            && left.Distinct == right.Distinct
            && ExpressionComparer.Instance.Equals(left.Filter, right.Filter)
            && left.Arguments.SequenceEqual(right.Arguments, ExpressionComparer.Instance)
            && left.OrderBy.Count == right.OrderBy.Count
            && left.OrderBy.Zip(right.OrderBy).All(p => p.First.Descending == p.Second.Descending && p.First.NullsFirst == p.Second.NullsFirst && ExpressionComparer.Instance.Equals(p.First.Expression, p.Second.Expression));
}

/// <summary>A call of <c>GROUPING</c>: which of the keys are not in the row's grouping set.</summary>
internal sealed record GroupingCall(ColumnVariable Variable, IReadOnlyList<BoundExpression> Keys, TextSpan Span);
