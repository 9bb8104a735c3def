using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>Counts rows: all that come, since rows without an argument are left out before.</summary>
internal sealed unsafe class CountAccumulator() : StateAccumulator<long>(DataType.Int64)
{
    public override bool Retracts => true;

    public override void Update(ReadOnlySpan<int> groups, ReadOnlySpan<Vector> arguments, ReadOnlySpan<long> weights)
    {
        long* counts = States;
        if (weights.IsEmpty)
        {
            foreach (int group in groups)
            {
                counts[group]++;
            }

            return;
        }

        for (int i = 0; i < groups.Length; i++)
        {
            counts[groups[i]] += weights[i];
        }
    }

    public override void UpdateOne(int group, int rows, ReadOnlySpan<Vector> arguments, ReadOnlySpan<long> weights)
    {
        if (weights.IsEmpty)
        {
            States[group] += rows;
        }
        else
        {
            base.UpdateOne(group, rows, arguments, weights);
        }
    }

    protected override Column Results(long* states, int count, RowFaults faults)
    {
        using var builder = new FixedBuilder<long>(Type, count);
        builder.Append(new ReadOnlySpan<long>(states, count));
        return builder.Build();
    }

    protected override void Merge(long* into, long* from) => *into += *from;
}

/// <summary>Counts, or joins with AND or OR, booleans: a state is how many were true and how many false.</summary>
/// <param name="kind">What is made of the two counts.</param>
internal sealed unsafe class BooleanAccumulator(BooleanFold kind) : StateAccumulator<TruthCounts>(kind == BooleanFold.CountTrue ? DataType.Int64 : DataType.Boolean)
{
    public override bool Retracts => true;

    public override void Update(ReadOnlySpan<int> groups, ReadOnlySpan<Vector> arguments, ReadOnlySpan<long> weights)
    {
        using Column column = arguments[0].ToColumn(groups.Length);
        Bitmap values = ((BooleanColumn)column).Values;
        for (int i = 0; i < groups.Length; i++)
        {
            long weight = weights.IsEmpty ? 1 : weights[i];
            if (values[i])
            {
                States[groups[i]].True += weight;
            }
            else
            {
                States[groups[i]].False += weight;
            }
        }
    }

    protected override Column Results(TruthCounts* states, int count, RowFaults faults)
    {
        using ColumnBuilder builder = ColumnBuilder.Create(Type, count);
        for (int i = 0; i < count; i++)
        {
            TruthCounts counts = states[i];
            if (builder is FixedBuilder<long> numbers)
            {
                numbers.Append(counts.True);
            }
            else if (counts.True + counts.False == 0)
            {
                builder.AppendNull();
            }
            else
            {
                ((BooleanBuilder)builder).Append(kind == BooleanFold.And ? counts.False == 0 : counts.True > 0);
            }
        }

        return builder.Build();
    }

    protected override void Merge(TruthCounts* into, TruthCounts* from)
    {
        into->True += from->True;
        into->False += from->False;
    }
}

internal enum BooleanFold
{
    And,
    Or,
    CountTrue,
}

internal struct TruthCounts
{
    public long True;
    public long False;
}
