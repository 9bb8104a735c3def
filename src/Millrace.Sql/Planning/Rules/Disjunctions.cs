using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>
/// What follows from conditions joined by OR: what stands in every branch holds by itself, and so does what the branches say
/// of one table alone, joined by OR. Joins find their keys and tables leave rows out by these. Only conditions that can make
/// no error are drawn out, because a branch may guard those that can.
/// </summary>
internal static class Disjunctions
{
    // Conditions of all branches are compared with each other.
    private const int MaxBranches = 100;

    /// <summary>The conditions, with what is common to all branches of an OR as conditions of their own.</summary>
    public static IEnumerable<BoundExpression> Factor(IEnumerable<BoundExpression> conditions) => conditions.SelectMany(Factor);

    /// <summary>What conditions joined by OR say of rows with these columns alone.</summary>
    public static IReadOnlyList<BoundExpression> Of(IEnumerable<BoundExpression> conditions, IReadOnlyCollection<ColumnVariable> columns)
    {
        var implied = new List<BoundExpression>();
        HashSet<ColumnVariable> known = [.. columns];
        foreach (BoundExpression condition in conditions)
        {
            if (condition is not BoundLogic { And: false } || FreeVariables.Of(condition) is var used && (used.IsSubsetOf(known) || !used.Overlaps(known)))
            {
                continue;
            }

            BoundExpression?[] branches = [.. Branches(condition).Select(b => ExpressionTree.And(ExpressionTree.Conjuncts(b).Where(c => IsSafe(c) && FreeVariables.Of(c) is { Count: > 0 } own && own.IsSubsetOf(known))))];
            if (branches.Length <= MaxBranches && !branches.Contains(null))
            {
                implied.Add(new BoundLogic(false, branches!) { Span = condition.Span });
            }
        }

        return implied;
    }

    private static IReadOnlyList<BoundExpression> Factor(BoundExpression condition)
    {
        if (condition is not BoundLogic { And: false })
        {
            return [condition];
        }

        List<BoundExpression>[] branches = [.. Branches(condition).Select(b => ExpressionTree.Conjuncts(b).ToList())];
        List<BoundExpression> common = branches.Length > MaxBranches
            ? []
            : [.. branches[0].Where(c => IsSafe(c) && branches.All(b => b.Contains(c, ExpressionComparer.Instance))).Distinct(ExpressionComparer.Instance)];
        if (common.Count == 0)
        {
            return [condition];
        }

        BoundExpression?[] rest = [.. branches.Select(b => ExpressionTree.And(b.Where(c => !common.Contains(c, ExpressionComparer.Instance))))];

        // A branch without more says nothing that is not common to all.
        return rest.Contains(null) ? common : [.. common, new BoundLogic(false, rest!) { Span = condition.Span }];
    }

    private static List<BoundExpression> Branches(BoundExpression condition)
    {
        var branches = new List<BoundExpression>();
        var pending = new Stack<BoundExpression>([condition]);
        while (pending.TryPop(out BoundExpression? next))
        {
            if (next is BoundLogic { And: false } or)
            {
                for (int i = or.Operands.Count - 1; i >= 0; i--)
                {
                    pending.Push(or.Operands[i]);
                }
            }
            else
            {
                branches.Add(next);
            }
        }

        return branches;
    }

    private static bool IsSafe(BoundExpression condition) => condition switch
    {
        BoundComparison c => IsValue(c.Left) && IsValue(c.Right),
        BoundIn c => IsValue(c.Operand),
        BoundIsNull c => IsValue(c.Operand),
        BoundLogic c => c.Operands.All(IsSafe),
        BoundNot c => IsSafe(c.Operand),
        _ => IsValue(condition),
    };

    private static bool IsValue(BoundExpression expression) => expression is BoundColumn or BoundConstant;
}
