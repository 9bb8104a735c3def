using System.Text;
using Millrace.Sql.Binding;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Tests.Execution;

/// <summary>What the engine makes of an expression, as .NET values.</summary>
/// <param name="Values">One a row; decimals unscaled, text as strings, lists as arrays.</param>
/// <param name="Faults">By row.</param>
internal sealed record Evaluation(IReadOnlyList<object?> Values, IReadOnlyDictionary<int, RowFault> Faults)
{
    /// <summary>Evaluates for a batch of the variables' columns, twice, since evaluators keep things from one batch to the next.</summary>
    public static Evaluation Run(BoundExpression expression, IReadOnlyList<ColumnVariable> variables, RecordBatch batch, EvaluationContext? context = null)
    {
        using Evaluator evaluator = ExpressionCompiler.Compile(expression, new Layout(variables), context ?? new EvaluationContext());
        Evaluation first = Run(evaluator, batch);
        Evaluation second = Run(evaluator, batch);
        Assert.Equal(first.Values, second.Values);
        Assert.Equal(first.Faults.Keys.Order(), second.Faults.Keys.Order());
        return first;
    }

    /// <summary>Evaluates something without columns; the value of one row.</summary>
    public static object? One(BoundExpression expression, EvaluationContext? context = null)
    {
        Evaluation result = OneRow(expression, context);
        Assert.Empty(result.Faults);
        return result.Values[0];
    }

    /// <summary>The fault that something without columns makes.</summary>
    public static RowFault Fault(BoundExpression expression) => Assert.Single(OneRow(expression, null).Faults).Value;

    public static object? Read(Column column, int row)
    {
        if (column.IsNull(row))
        {
            return null;
        }

        switch (column)
        {
            case BooleanColumn c: return c.Values[row];
            case FixedColumn<int> c: return c.Values[row];
            case FixedColumn<long> c: return c.Values[row];
            case FixedColumn<float> c: return c.Values[row];
            case FixedColumn<double> c: return c.Values[row];
            case FixedColumn<Int128> c: return c.Values[row];
            case FixedColumn<Interval> c: return c.Values[row];
            case BinaryColumn c: return c.Type.IsText ? Encoding.UTF8.GetString(c[row]) : Convert.ToHexString(c[row]);
            case FixedBinaryColumn c: return Convert.ToHexString(c[row]);
            case ListColumn c: return Enumerable.Range(c.Offsets[row], c.Offsets[row + 1] - c.Offsets[row]).Select(i => Read(c.Items, i)).ToArray();
            default: throw new ArgumentException(column.Type.ToString());
        }
    }

    private static Evaluation OneRow(BoundExpression expression, EvaluationContext? context)
    {
        using var batch = new RecordBatch(Schema.Empty, 1);
        return Run(expression, [], batch, context);
    }

    private static Evaluation Run(Evaluator evaluator, RecordBatch batch)
    {
        var faults = new RowFaults();
        using Vector vector = evaluator.Evaluate(batch, faults);
        Assert.Equal(vector.IsConstant ? 1 : batch.Length, vector.Column.Length);
        Assert.True(evaluator.Type.Equals(vector.Type), $"{evaluator.Type} was promised, {vector.Type} came.");
        using Column column = vector.ToColumn(batch.Length);
        return new Evaluation([.. Enumerable.Range(0, batch.Length).Select(row => Read(column, row))], faults.All.ToDictionary(f => f.Row));
    }
}
