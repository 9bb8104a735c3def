using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Functions;

namespace Millrace.Sql.Execution;

/// <summary>Calls that count equal arguments once and have the same arguments: they share a set, and differ in their filters.</summary>
/// <param name="calls">Numbers of the calls.</param>
internal sealed unsafe class DistinctCalls(IReadOnlyList<int> calls)
{
    /// <summary>Numbers of the calls, ascending.</summary>
    public IReadOnlyList<int> Calls => calls;

    /// <summary>The calls of a plan, those with the same arguments together.</summary>
    public static IReadOnlyList<DistinctCalls> Of(IReadOnlyList<AggregateCall> calls)
    {
        var shared = new List<List<int>>();
        for (int i = 0; i < calls.Count; i++)
        {
            if (!calls[i].HasPlainSet)
            {
                continue;
            }

            List<int>? same = shared.Find(s => s.Count < DistinctSet.MaxMembers && HaveSameArguments(calls[s[0]].Aggregate, calls[i].Aggregate));
            if (same is null)
            {
                shared.Add(same = []);
            }

            same.Add(i);
        }

        return [.. shared.Select(s => new DistinctCalls(s))];
    }

    /// <summary>Makes the set.</summary>
    public DistinctSet Create(AggregatePlan plan)
        => new([.. calls.Select(c => plan.Calls[c].CreatePlain())], [.. plan.Calls[calls[0]].Aggregate.Arguments.Select(a => a.Type)]);

    /// <summary>Adds the rows of a batch to the set: those that count for any call.</summary>
    public void Update(DistinctSet set, AggregatePlan plan, ReadOnlySpan<int> groups, ReadOnlySpan<Vector> vectors)
    {
        var bits = new uint[groups.Length];
        for (int member = 0; member < calls.Count; member++)
        {
            AggregateCall call = plan.Calls[calls[member]];
            using RowMask mask = RowMask.Copy(default, groups.Length);
            if (call.SkipsNulls)
            {
                Require(mask, vectors[call.First]);
            }

            if (call.Filter >= 0)
            {
                ChosenRows.Test(mask, vectors[call.Filter]);
            }

            Mark(bits, mask, 1u << member);
        }

        int[] rows = [.. Enumerable.Range(0, bits.Length).Where(r => bits[r] != 0)];
        if (rows.Length == 0)
        {
            return;
        }

        bool all = rows.Length == bits.Length;
        AggregateCall first = plan.Calls[calls[0]];
        var columns = new Column[first.Aggregate.Arguments.Count];
        int made = 0;
        try
        {
            for (; made < columns.Length; made++)
            {
                using Column column = vectors[first.First + made].ToColumn(groups.Length);
                columns[made] = all ? column.Share() : Take.Rows(column, rows);
            }

            if (all)
            {
                set.Update(groups, columns, bits);
            }
            else
            {
                var chosen = new int[rows.Length];
                for (int i = 0; i < rows.Length; i++)
                {
                    (chosen[i], bits[i]) = (groups[rows[i]], bits[rows[i]]);
                }

                set.Update(chosen, columns, bits.AsSpan(0, rows.Length));
            }
        }
        finally
        {
            for (int i = 0; i < made; i++)
            {
                columns[i].Dispose();
            }
        }
    }

    private static void Require(RowMask mask, Vector argument)
    {
        if (argument.IsNullConstant)
        {
            for (int word = 0; word < mask.WordCount; word++)
            {
                mask.Words[word] = 0;
            }
        }
        else if (!argument.IsConstant && argument.Column.HasNulls)
        {
            for (int word = 0; word < mask.WordCount; word++)
            {
                mask.Words[word] &= argument.Column.Validity.Word(word << 6);
            }
        }
    }

    private static void Mark(uint[] bits, RowMask mask, uint bit)
    {
        for (int word = 0; word < mask.WordCount; word++)
        {
            for (ulong left = mask.Words[word]; left != 0; left &= left - 1)
            {
                bits[(word << 6) + System.Numerics.BitOperations.TrailingZeroCount(left)] |= bit;
            }
        }
    }

    private static bool HaveSameArguments(BoundAggregate a, BoundAggregate b)
        => a.Arguments.Count == b.Arguments.Count && a.Arguments.Zip(b.Arguments).All(p => ExpressionComparer.Instance.Equals(p.First, p.Second));
}
