using System.Globalization;
using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>Folds one argument of a fixed width.</summary>
/// <param name="type">Type of the result.</param>
internal sealed unsafe class FoldAccumulator<T, TState, TResult, TFold>(DataType type) : StateAccumulator<TState>(type)
    where T : unmanaged
    where TState : unmanaged
    where TResult : unmanaged
    where TFold : struct, IFold<T, TState, TResult>
{
    public override bool Retracts => TFold.Retracts;

    public override void Update(ReadOnlySpan<int> groups, ReadOnlySpan<Vector> arguments, ReadOnlySpan<long> weights)
    {
        using Column column = arguments[0].ToColumn(groups.Length);
        fixed (T* values = ((FixedColumn<T>)column).Values)
        fixed (int* group = groups)
        {
            TState* states = States;
            if (weights.IsEmpty)
            {
                for (int i = 0; i < groups.Length; i++)
                {
                    TFold.Add(ref states[group[i]], values[i]);
                }

                return;
            }

            for (int i = 0; i < groups.Length; i++)
            {
                TFold.AddWeighted(ref states[group[i]], values[i], weights[i]);
            }
        }
    }

    public override void UpdateOne(int group, int rows, ReadOnlySpan<Vector> arguments, ReadOnlySpan<long> weights)
    {
        if (!weights.IsEmpty)
        {
            base.UpdateOne(group, rows, arguments, weights);
            return;
        }

        using Column column = arguments[0].ToColumn(rows);
        ReadOnlySpan<T> values = ((FixedColumn<T>)column).Values;
        if (TFold.Splits)
        {
            AddSplit(ref States[group], ref values);
        }

        // In a local, so that the state can stay in registers.
        TState state = States[group];
        foreach (T value in values)
        {
            TFold.Add(ref state, value);
        }

        States[group] = state;
    }

    // Additions to one state wait for each other; those to four do not. What is left of the values is for the caller.
    private static void AddSplit(ref TState state, ref ReadOnlySpan<T> values)
    {
        if (values.Length < 64)
        {
            return;
        }

        TState a = default, b = default, c = default, d = default;
        for (; values.Length >= 4; values = values[4..])
        {
            TFold.Add(ref a, values[0]);
            TFold.Add(ref b, values[1]);
            TFold.Add(ref c, values[2]);
            TFold.Add(ref d, values[3]);
        }

        TFold.Merge(ref state, in a);
        TFold.Merge(ref state, in b);
        TFold.Merge(ref state, in c);
        TFold.Merge(ref state, in d);
    }

    protected override Column Results(TState* states, int count, RowFaults faults) => FoldResults.Build<T, TState, TResult, TFold>(Type, states, count, faults);

    protected override void Merge(TState* into, TState* from) => TFold.Merge(ref *into, in *from);
}

/// <summary>Folds pairs of doubles, of which neither is null.</summary>
/// <param name="type">Type of the result.</param>
internal sealed unsafe class PairAccumulator<TState, TResult, TFold>(DataType type) : StateAccumulator<TState>(type)
    where TState : unmanaged
    where TResult : unmanaged
    where TFold : struct, IFold<(double Y, double X), TState, TResult>
{
    public override bool Retracts => TFold.Retracts;

    public override void Update(ReadOnlySpan<int> groups, ReadOnlySpan<Vector> arguments, ReadOnlySpan<long> weights)
    {
        using Column first = arguments[0].ToColumn(groups.Length);
        using Column second = arguments[1].ToColumn(groups.Length);
        ReadOnlySpan<double> y = ((FixedColumn<double>)first).Values;
        ReadOnlySpan<double> x = ((FixedColumn<double>)second).Values;
        for (int i = 0; i < groups.Length; i++)
        {
            if (second.IsNull(i))
            {
                continue;
            }

            if (weights.IsEmpty)
            {
                TFold.Add(ref States[groups[i]], (y[i], x[i]));
            }
            else
            {
                TFold.AddWeighted(ref States[groups[i]], (y[i], x[i]), weights[i]);
            }
        }
    }

    protected override Column Results(TState* states, int count, RowFaults faults) => FoldResults.Build<(double, double), TState, TResult, TFold>(Type, states, count, faults);

    protected override void Merge(TState* into, TState* from) => TFold.Merge(ref *into, in *from);
}

/// <summary>Makes columns of results.</summary>
internal static unsafe class FoldResults
{
    public static Column Build<T, TState, TResult, TFold>(DataType type, TState* states, int count, RowFaults faults)
        where TState : unmanaged
        where TResult : unmanaged
        where TFold : struct, IFold<T, TState, TResult>
    {
        using var builder = new FixedBuilder<TResult>(type, count);
        for (int i = 0; i < count; i++)
        {
            FoldResult result = TFold.Result(in states[i], out TResult value);
            if (result == FoldResult.Value && (type.Id != TypeId.Decimal || DecimalMath.Fits((Int128)(object)value, type.Precision)))
            {
                builder.Append(value);
                continue;
            }

            builder.AppendNull();
            if (result != FoldResult.Null)
            {
                faults.Add(i, ExecutionErrors.OverflowCode, string.Create(CultureInfo.InvariantCulture, $"The result of an aggregate does not fit {type}."));
            }
        }

        return builder.Build();
    }
}
