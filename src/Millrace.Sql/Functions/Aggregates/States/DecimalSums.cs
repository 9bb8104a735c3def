using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>
/// Exact sums of decimals. Those of a batch are mostly so small that a sum of all of them fits 64 bits: then only their lower
/// halves are added. With few groups, sums of the batch are kept apart, several for each group, since an addition
/// to a sum in memory waits for the one before.
/// </summary>
/// <param name="type">Type of the result.</param>
internal abstract unsafe class DecimalSums(DataType type) : StateAccumulator<ExactSum>(type)
{
    // As many numbers of so many bits have a sum of 63.
    private const int BlockRows = 1 << 13;
    private const long MostNarrow = (1L << 50) - 1;

    private const int FewGroups = 32;
    private const int Banks = 4;

    private int _groups;

    public sealed override bool Retracts => true;

    public sealed override void Resize(int groups)
    {
        _groups = Math.Max(_groups, groups);
        base.Resize(groups);
    }

    public sealed override void Update(ReadOnlySpan<int> groups, ReadOnlySpan<Vector> arguments, ReadOnlySpan<long> weights)
    {
        using Column column = arguments[0].ToColumn(groups.Length);
        ReadOnlySpan<Int128> values = ((FixedColumn<Int128>)column).Values;
        if (!weights.IsEmpty)
        {
            for (int i = 0; i < groups.Length; i++)
            {
                States[groups[i]].AddWeighted(values[i], weights[i]);
            }

            return;
        }

        fixed (int* group = groups)
        fixed (Int128* value = values)
        {
            for (int at = 0; at < groups.Length; at += BlockRows)
            {
                int rows = Math.Min(BlockRows, groups.Length - at);
                if (!NarrowDecimals.AreWithin(values.Slice(at, rows), MostNarrow))
                {
                    AddWide(group + at, value + at, rows);
                }
                else if (_groups <= FewGroups)
                {
                    AddToFew(group + at, (long*)(value + at), rows);
                }
                else
                {
                    AddNarrow(group + at, (long*)(value + at), rows);
                }
            }
        }
    }

    public sealed override void UpdateOne(int group, int rows, ReadOnlySpan<Vector> arguments, ReadOnlySpan<long> weights)
    {
        if (!weights.IsEmpty)
        {
            base.UpdateOne(group, rows, arguments, weights);
            return;
        }

        using Column column = arguments[0].ToColumn(rows);
        ReadOnlySpan<Int128> values = ((FixedColumn<Int128>)column).Values;
        ref ExactSum state = ref States[group];
        for (; values.Length > 0; values = values[Math.Min(BlockRows, values.Length)..])
        {
            ReadOnlySpan<Int128> block = values[..Math.Min(BlockRows, values.Length)];
            if (NarrowDecimals.AreWithin(block, MostNarrow))
            {
                state.Add(NarrowDecimals.Sum(block));
                state.Count += block.Length;
                continue;
            }

            foreach (Int128 value in block)
            {
                SumExact<Int128>.Add(ref state, value);
            }
        }
    }

    protected sealed override void Merge(ExactSum* into, ExactSum* from) => into->Merge(*from);

    private void AddWide(int* groups, Int128* values, int rows)
    {
        ExactSum* states = States;
        for (int i = 0; i < rows; i++)
        {
            SumExact<Int128>.Add(ref states[groups[i]], values[i]);
        }
    }

    private void AddNarrow(int* groups, long* halves, int rows)
    {
        ExactSum* states = States;
        for (int i = 0; i < rows; i++)
        {
            ExactSum* state = states + groups[i];
            state->Add(halves[2 * i]);
            state->Count++;
        }
    }

    private void AddToFew(int* groups, long* halves, int rows)
    {
        Partial* partial = stackalloc Partial[Banks * FewGroups];
        new Span<Partial>(partial, Banks * FewGroups).Clear();
        int i = 0;
        for (; i <= rows - Banks; i += Banks)
        {
            Add(partial, groups[i], halves[2 * i]);
            Add(partial + FewGroups, groups[i + 1], halves[(2 * i) + 2]);
            Add(partial + (2 * FewGroups), groups[i + 2], halves[(2 * i) + 4]);
            Add(partial + (3 * FewGroups), groups[i + 3], halves[(2 * i) + 6]);
        }

        for (; i < rows; i++)
        {
            Add(partial, groups[i], halves[2 * i]);
        }

        ExactSum* states = States;
        for (int bank = 0; bank < Banks; bank++)
        {
            for (int group = 0; group < _groups; group++)
            {
                Partial added = partial[(bank * FewGroups) + group];
                states[group].Add(added.Sum);
                states[group].Count += added.Count;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Partial* partial, int group, long value)
    {
        partial[group].Sum += value;
        partial[group].Count++;
    }

    private struct Partial
    {
        public long Sum;
        public long Count;
    }
}

/// <summary>Sums as decimals of the same scale.</summary>
/// <param name="type">Type of the result.</param>
internal sealed unsafe class DecimalSum(DataType type) : DecimalSums(type)
{
    protected override Column Results(ExactSum* states, int count, RowFaults faults)
        => FoldResults.Build<Int128, ExactSum, Int128, SumExact<Int128>>(Type, states, count, faults);
}
