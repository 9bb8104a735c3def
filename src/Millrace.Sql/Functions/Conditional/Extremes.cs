using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>The greatest or smallest of several values; nulls are left out.</summary>
internal static class Extremes
{
    public static Column Greatest(in KernelCall call) => Choose(call, CompareOperator.Less);

    public static Column Least(in KernelCall call) => Choose(call, CompareOperator.Greater);

    /// <param name="call">The call.</param>
    /// <param name="op">How the value so far relates to one that takes its place.</param>
    private static Column Choose(in KernelCall call, CompareOperator op)
    {
        Column best = call.Arguments[0].ToColumn(call.Rows);
        foreach (Vector next in call.Arguments[1..])
        {
            Column before = best;
            using (before)
            {
                best = Better(before, next, op, call.Rows);
            }
        }

        return best;
    }

    private static unsafe Column Better(Column best, Vector next, CompareOperator op, int rows)
    {
        using BooleanColumn better = next.IsConstant ? Compare.Constant(best, op, next.Column) : Compare.Columns(best, op, next.Column);
        var candidate = new PartialVector(new Vector(next.Column.Share(), next.IsConstant), IsPacked: false);
        using var pieces = new Pieces(best.Type, rows);
        RowMask all = RowMask.Copy(default, rows);
        pieces.Add(new PartialVector(new Vector(best.Share()), IsPacked: false), all);
        RowMask chosen = all.WhereNotNull(candidate);
        pieces.Add(candidate, chosen);
        for (int i = 0; i < chosen.WordCount; i++)
        {
            int at = i << 6;
            ulong isBetter = better.Values.Word(at) & (better.HasNulls ? better.Validity.Word(at) : ulong.MaxValue);
            chosen.Words[i] &= isBetter | (best.HasNulls ? ~best.Validity.Word(at) : 0);
        }

        return pieces.Build(default).Column;
    }
}
