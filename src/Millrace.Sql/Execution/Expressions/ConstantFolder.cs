using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Functions;

namespace Millrace.Sql.Execution;

/// <summary>Computes what does not depend on rows while a statement is planned.</summary>
public static class ConstantFolder
{
    /// <summary>
    /// The expression as a constant; null if it depends on a row or on the time it runs at, has no value (that is then the
    /// fault of each row that asks for it), or is of a nested type.
    /// </summary>
    public static BoundConstant? TryFold(BoundExpression expression, EvaluationContext? context = null)
        => Fold(expression, context ?? new EvaluationContext()) as BoundConstant;

    /// <summary>The expression with constants in place of all parts that can be folded.</summary>
    public static BoundExpression Fold(BoundExpression expression, EvaluationContext context)
    {
        IReadOnlyList<BoundExpression> children = expression.Children;
        if (children.Count > 0)
        {
            expression = WithFolded(expression, children, context, out bool constant);
            return constant && IsImmutable(expression) ? Compute(expression, context) ?? expression : expression;
        }

        return expression is BoundCall && IsImmutable(expression) ? Compute(expression, context) ?? expression : expression;
    }

    private static BoundExpression WithFolded(BoundExpression expression, IReadOnlyList<BoundExpression> children, EvaluationContext context, out bool constant)
    {
        var folded = new BoundExpression[children.Count];
        bool changed = false;
        constant = true;
        for (int i = 0; i < folded.Length; i++)
        {
            folded[i] = Fold(children[i], context);
            changed |= !ReferenceEquals(folded[i], children[i]);
            constant &= folded[i] is BoundConstant;
        }

        return changed ? expression.WithChildren(folded) : expression;
    }

    private static bool IsImmutable(BoundExpression expression)
        => expression is not BoundSubquery && (expression is not BoundCall call || call.Function.Volatility == Volatility.Immutable);

    private static BoundConstant? Compute(BoundExpression expression, EvaluationContext context)
    {
        if (expression.Type.IsNested || expression.Type.Id == TypeId.Dictionary)
        {
            return null;
        }

        try
        {
            using Evaluator evaluator = ExpressionCompiler.CompileFolded(expression, Layout.Empty, context);
            using var batch = new RecordBatch(Schema.Empty, 1);
            var faults = new RowFaults();
            using Vector value = evaluator.Evaluate(batch, faults);
            return faults.Any ? null : new BoundConstant(expression.Type, ConstantColumn.Read(value.Column, 0)) { Span = expression.Span };
        }
        catch (MillraceException)
        {
            // The statement fails with it when it runs, if it comes to that.
            return null;
        }
    }
}
