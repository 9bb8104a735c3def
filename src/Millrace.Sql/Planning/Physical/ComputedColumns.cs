using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Planning;

/// <summary>
/// The columns of a plan and, behind them, expressions of these that an operator needs as columns: keys, arguments. What is
/// a column already is not made again.
/// </summary>
internal sealed class ComputedColumns(LogicalPlan plan)
{
    private readonly Layout _layout = PhysicalPlanner.LayoutOf(plan);
    private readonly List<BoundExpression> _added = [];

    /// <summary>Columns of the plan itself.</summary>
    public int Width => plan.Output.Count;

    /// <summary>The number of the column that has an expression's values.</summary>
    public int Add(BoundExpression expression)
    {
        if (expression is BoundColumn column)
        {
            return _layout[column.Column];
        }

        _added.Add(expression);
        return Width + _added.Count - 1;
    }

    public int? AddOptional(BoundExpression? expression) => expression is null ? null : Add(expression);

    /// <summary>The node that makes them all.</summary>
    /// <param name="input">The node that does the plan.</param>
    public PhysicalNode Over(PhysicalNode input)
    {
        if (_added.Count == 0)
        {
            return input;
        }

        BoundExpression[] all = [.. plan.Output.Select(v => new BoundColumn(v)), .. _added];
        Schema schema = new([.. input.Schema.Fields, .. _added.Select((e, i) => new Field($"#{i}", e.Type, e.Nullable))]);
        return new ProjectNode(schema, input, all, _layout) { Rows = input.Rows };
    }
}
