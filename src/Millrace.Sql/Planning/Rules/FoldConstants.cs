using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Planning;

/// <summary>Computes what is constant, and leaves out conditions that are always true and rows that can never be.</summary>
internal static class FoldConstants
{
    public static LogicalPlan Apply(LogicalPlan plan, TimeZoneInfo zone)
    {
        var context = new EvaluationContext { TimeZone = zone };
        return PlanTree.Rewrite(plan, p => Simplify(PlanExpressions.Map(p, e => Fold(e, context))));
    }

    public static BoundExpression Fold(BoundExpression expression, EvaluationContext context)
    {
        BoundExpression simple = Simplify(expression);
        return ConstantFolder.Fold(simple, context) is var folded && ReferenceEquals(folded, simple) ? folded : Simplify(folded);
    }

    private static LogicalPlan Simplify(LogicalPlan plan) => plan switch
    {
        LogicalFilter { Condition: BoundConstant { Value: true } } p => p.Input,
        LogicalFilter { Condition: BoundConstant } p => new LogicalValues(p.Output, []),
        LogicalJoin { Condition: BoundConstant { Value: true }, Kind: not (LogicalJoinKind.AsOf or LogicalJoinKind.AsOfLeft) } p => p with { Condition = null },
        _ => plan,
    };

    private static BoundExpression Simplify(BoundExpression expression)
    {
        IReadOnlyList<BoundExpression> children = expression.Children;
        BoundExpression[]? changed = null;
        for (int i = 0; i < children.Count; i++)
        {
            BoundExpression child = Simplify(children[i]);
            if (!ReferenceEquals(child, children[i]))
            {
                changed ??= [.. children];
                changed[i] = child;
            }
        }

        expression = changed is null ? expression : expression.WithChildren(changed);
        return expression switch
        {
            BoundLogic logic => Simplify(logic),
            BoundNot { Operand: BoundNot inner } => inner.Operand,
            BoundNot { Operand: BoundComparison comparison } => comparison with { Operator = ExpressionTree.Negate(comparison.Operator) },
            BoundNot { Operand: BoundIsNull test } => test with { Negated = !test.Negated },
            BoundIsNull { Operand.Nullable: false } test => new BoundConstant(DataType.Boolean, test.Negated) { Span = test.Span },
            BoundComparison { Left: BoundConstant, Right: not BoundConstant } comparison
                => DateComparisons.Simplify(comparison with { Operator = ExpressionTree.Mirror(comparison.Operator), Left = comparison.Right, Right = comparison.Left }),
            BoundComparison comparison => DateComparisons.Simplify(comparison),
            BoundCase choice => Simplify(choice),
            _ => expression,
        };
    }

    // Nested lists of the same kind are one; constants decide or go.
    private static BoundExpression Simplify(BoundLogic logic)
    {
        if (!logic.Operands.Any(o => o is BoundConstant { Value: bool } || (o is BoundLogic inner && inner.And == logic.And)))
        {
            return logic;
        }

        var operands = new List<BoundExpression>();
        foreach (BoundExpression operand in logic.Operands)
        {
            switch (operand)
            {
                case BoundConstant { Value: bool value } when value != logic.And:
                    return operand;
                case BoundConstant { Value: bool }:
                    break;
                case BoundLogic inner when inner.And == logic.And:
                    operands.AddRange(inner.Operands);
                    break;
                default:
                    operands.Add(operand);
                    break;
            }
        }

        return operands.Count switch
        {
            0 => new BoundConstant(DataType.Boolean, logic.And) { Span = logic.Span },
            1 => operands[0],
            _ => logic with { Operands = operands },
        };
    }

    // Branches that are never taken go, and one that is always taken is the last.
    private static BoundExpression Simplify(BoundCase choice)
    {
        if (!choice.Conditions.Any(c => c is BoundConstant))
        {
            return choice;
        }

        var conditions = new List<BoundExpression>();
        var values = new List<BoundExpression>();
        BoundExpression otherwise = choice.Else;
        for (int i = 0; i < choice.Conditions.Count; i++)
        {
            if (choice.Conditions[i] is BoundConstant { Value: true })
            {
                otherwise = choice.Values[i];
                break;
            }

            if (choice.Conditions[i] is not BoundConstant)
            {
                conditions.Add(choice.Conditions[i]);
                values.Add(choice.Values[i]);
            }
        }

        return conditions.Count == 0 ? otherwise : new BoundCase(conditions, values, otherwise) { Span = choice.Span };
    }
}
