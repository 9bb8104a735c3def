using Millrace.Columnar;
using Millrace.Sql.Functions;

namespace Millrace.Sql.Binding;

/// <summary>What is often done with expressions as trees.</summary>
public static class ExpressionTree
{
    /// <summary>
    /// The expression with parts replaced. <paramref name="replace"/> is asked from the top: what it gives is taken as it is,
    /// and where it gives null the parts are asked.
    /// </summary>
    public static BoundExpression Replace(BoundExpression expression, Func<BoundExpression, BoundExpression?> replace)
    {
        if (replace(expression) is { } replaced)
        {
            return replaced;
        }

        IReadOnlyList<BoundExpression> children = expression.Children;
        BoundExpression[]? changed = null;
        for (int i = 0; i < children.Count; i++)
        {
            BoundExpression child = Replace(children[i], replace);
            if (!ReferenceEquals(child, children[i]))
            {
                changed ??= [.. children];
                changed[i] = child;
            }
        }

        return changed is null ? expression : expression.WithChildren(changed);
    }

    /// <summary>Whether a part, or the whole, is of a kind.</summary>
    public static bool Any(BoundExpression expression, Func<BoundExpression, bool> test)
    {
        if (test(expression))
        {
            return true;
        }

        foreach (BoundExpression child in expression.Children)
        {
            if (Any(child, test))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The conditions that all have to hold for a condition to hold.</summary>
    public static IReadOnlyList<BoundExpression> Conjuncts(BoundExpression? condition)
    {
        if (condition is null)
        {
            return [];
        }

        var parts = new List<BoundExpression>();
        var pending = new Stack<BoundExpression>([condition]);
        while (pending.TryPop(out BoundExpression? next))
        {
            if (next is BoundLogic { And: true } and)
            {
                for (int i = and.Operands.Count - 1; i >= 0; i--)
                {
                    pending.Push(and.Operands[i]);
                }
            }
            else
            {
                parts.Add(next);
            }
        }

        return parts;
    }

    /// <summary>All of the conditions as one; null for none.</summary>
    public static BoundExpression? And(IEnumerable<BoundExpression?> conditions)
    {
        List<BoundExpression> all = [.. conditions.SelectMany(Conjuncts)];
        return all.Count switch
        {
            0 => null,
            1 => all[0],
            _ => new BoundLogic(true, all) { Span = all[0].Span },
        };
    }

    public static BoundExpression? And(params ReadOnlySpan<BoundExpression?> conditions) => And((IEnumerable<BoundExpression?>)conditions.ToArray());

    /// <summary>Whether a call in it gives another value each time.</summary>
    public static bool IsVolatile(BoundExpression expression)
        => Any(expression, e => e is BoundCall { Function.Volatility: Volatility.Volatile });

    /// <summary>The comparison with its sides exchanged.</summary>
    public static CompareOperator Mirror(CompareOperator comparison) => comparison switch
    {
        CompareOperator.Less => CompareOperator.Greater,
        CompareOperator.LessOrEqual => CompareOperator.GreaterOrEqual,
        CompareOperator.Greater => CompareOperator.Less,
        CompareOperator.GreaterOrEqual => CompareOperator.LessOrEqual,
        _ => comparison,
    };

    /// <summary>The comparison that is true where this one is false.</summary>
    public static CompareOperator Negate(CompareOperator comparison) => comparison switch
    {
        CompareOperator.Equal => CompareOperator.NotEqual,
        CompareOperator.NotEqual => CompareOperator.Equal,
        CompareOperator.Less => CompareOperator.GreaterOrEqual,
        CompareOperator.LessOrEqual => CompareOperator.Greater,
        CompareOperator.Greater => CompareOperator.LessOrEqual,
        CompareOperator.GreaterOrEqual => CompareOperator.Less,
        CompareOperator.DistinctFrom => CompareOperator.NotDistinctFrom,
        _ => CompareOperator.DistinctFrom,
    };
}
