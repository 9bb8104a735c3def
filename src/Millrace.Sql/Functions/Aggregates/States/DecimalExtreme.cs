using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>
/// The least or greatest of decimals. They lie in memory as two words, the lower first; nearly all fit the lower one, and then
/// only that one is compared.
/// </summary>
/// <param name="type">Type of the result.</param>
internal sealed unsafe class DecimalExtreme<TChoice>(DataType type) : StateAccumulator<Extreme<Int128>>(type)
    where TChoice : struct, IChoice
{
    public override void Update(ReadOnlySpan<int> groups, ReadOnlySpan<Vector> arguments, ReadOnlySpan<long> weights)
    {
        using Column column = arguments[0].ToColumn(groups.Length);
        fixed (Int128* values = ((FixedColumn<Int128>)column).Values)
        {
            Extreme<Int128>* states = States;
            for (int i = 0; i < groups.Length; i++)
            {
                Add(states + groups[i], values + i);
            }
        }
    }

    protected override Column Results(Extreme<Int128>* states, int count, RowFaults faults)
    {
        using var builder = new FixedBuilder<Int128>(Type, count);
        for (int i = 0; i < count; i++)
        {
            if (states[i].Has)
            {
                builder.Append(states[i].Value);
            }
            else
            {
                builder.AppendNull();
            }
        }

        return builder.Build();
    }

    protected override void Merge(Extreme<Int128>* into, Extreme<Int128>* from)
    {
        if (from->Has)
        {
            Add(into, &from->Value);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Extreme<Int128>* state, Int128* value)
    {
        long low = ((long*)value)[0];
        long high = ((long*)value)[1];
        long keptLow = ((long*)&state->Value)[0];
        long keptHigh = ((long*)&state->Value)[1];
        bool narrow = ((high ^ (low >> 63)) | (keptHigh ^ (keptLow >> 63))) == 0;
        bool better = narrow ? (TChoice.Least ? low < keptLow : low > keptLow) : (TChoice.Least ? *value < state->Value : *value > state->Value);
        if (better || !state->Has)
        {
            ((long*)&state->Value)[0] = low;
            ((long*)&state->Value)[1] = high;
            state->Has = true;
        }
    }
}
