using System.Diagnostics;
using Millrace.Columnar;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Execution;

/// <summary>Turns bound expressions into evaluators.</summary>
public static class ExpressionCompiler
{
    /// <param name="expression">Without subqueries.</param>
    /// <param name="layout">Where the columns that it uses stand.</param>
    /// <param name="context">What the expressions of the statement share.</param>
    /// <returns>An evaluator for one lane; the caller disposes it.</returns>
    public static Evaluator Compile(BoundExpression expression, Layout layout, EvaluationContext context)
        => CompileFolded(ConstantFolder.Fold(expression, context), layout, context);

    /// <summary>The same for a condition that rows are chosen by.</summary>
    public static PredicateEvaluator CompilePredicate(BoundExpression condition, Layout layout, EvaluationContext context)
        => new(Compile(condition, layout, context));

    /// <summary>The same for whoever can use columns that a source gave as dictionaries: see <see cref="Dictionaries"/>.</summary>
    internal static Evaluator CompileEncoded(BoundExpression expression, Layout layout, EvaluationContext context)
        => CompileFolded(ConstantFolder.Fold(expression, context), layout, context, keepsEncoding: true);

    /// <summary>Compiles an expression whose constant parts are constants.</summary>
    internal static Evaluator CompileFolded(BoundExpression expression, Layout layout, EvaluationContext context, bool keepsEncoding = false)
        => expression is BoundColumn column ? new ColumnEvaluator(column.Type, layout[column.Column], keepsEncoding)
            : DictionaryEvaluator.ColumnOf(expression) is { } only ? new DictionaryEvaluator(CompileCore(expression, new Layout([only]), context), only, layout[only], keepsEncoding)
            : CompileCore(expression, layout, context);

    private static Evaluator CompileCore(BoundExpression expression, Layout layout, EvaluationContext context)
    {
        switch (expression)
        {
            case BoundConstant constant:
                return new ConstantEvaluator(ConstantColumn.Create(constant.Type, constant.Value));
            case BoundCall call:
                return WithOperands(call.Arguments, layout, context, operands => new CallEvaluator(call, operands, context));
            case BoundCast cast:
                return WithOperands(cast.Children, layout, context, operands => new CastEvaluator(cast, operands[0], context.TimeZone));
            case BoundTargetValue value:
                return WithOperands(value.Children, layout, context, operands => new TargetValueEvaluator(value, operands[0]));
            case BoundComparison comparison:
                return WithOperands(comparison.Children, layout, context, operands => new ComparisonEvaluator(comparison.Operator, operands[0], operands[1]));
            case BoundNot not:
                return WithOperands(not.Children, layout, context, operands => new NotEvaluator(operands[0]));
            case BoundIsNull isNull:
                return WithOperands(isNull.Children, layout, context, operands => new IsNullEvaluator(operands[0], isNull.Negated));
            case BoundIn membership:
                return WithOperands(membership.Children, layout, context, operands => new InEvaluator(operands[0], membership.Values));
            case BoundField field:
                return WithOperands(field.Children, layout, context, operands => new FieldEvaluator(field.Type, operands[0], field.Index));
            case BoundLogic logic:
                return new LogicEvaluator(logic.And, Branches(logic.Operands, layout, context));
            case BoundCoalesce coalesce:
                return new CoalesceEvaluator(coalesce.Type, Branches(coalesce.Operands, layout, context));
            case BoundCase choice:
                Branch[] all = Branches(choice.Children, layout, context);
                return new CaseEvaluator(choice.Type, all[..choice.Conditions.Count], all[choice.Conditions.Count..]);
            default:
                throw new UnreachableException($"An expression of kind {expression.GetType().Name} does not run.");
        }
    }

    private static Evaluator WithOperands(IReadOnlyList<BoundExpression> expressions, Layout layout, EvaluationContext context, Func<Evaluator[], Evaluator> make)
    {
        var operands = new Evaluator[expressions.Count];
        try
        {
            for (int i = 0; i < operands.Length; i++)
            {
                operands[i] = CompileFolded(expressions[i], layout, context);
            }

            return make(operands);
        }
        catch
        {
            Evaluator.DisposeAll(operands);
            throw;
        }
    }

    private static Branch[] Branches(IReadOnlyList<BoundExpression> expressions, Layout layout, EvaluationContext context)
    {
        var branches = new Branch[expressions.Count];
        int made = 0;
        try
        {
            for (; made < branches.Length; made++)
            {
                branches[made] = new Branch(expressions[made], layout, context);
            }
        }
        catch
        {
            foreach (Branch branch in branches.AsSpan(0, made))
            {
                branch.Dispose();
            }

            throw;
        }

        return branches;
    }
}
