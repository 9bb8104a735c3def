using System.Globalization;
using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>A value between others by its rank, interpolated: <c>percentile_cont</c>, <c>median</c>.</summary>
/// <param name="valueFirst">Whether the value is the first argument; otherwise the fraction is. Without a fraction it is one half.</param>
/// <param name="sorted">Whether rows come in order; otherwise values are sorted here.</param>
internal sealed class QuantileAccumulator(bool valueFirst, bool sorted) : RowAccumulator(DataType.Float64, DataType.Float64, DataType.Float64)
{
    public override void Update(ReadOnlySpan<int> groups, ReadOnlySpan<Vector> arguments, ReadOnlySpan<long> weights)
    {
        if (arguments.Length == 2)
        {
            base.Update(groups, valueFirst ? arguments : [arguments[1], arguments[0]], weights);
            return;
        }

        using Column half = ConstantColumn.Create(DataType.Float64, 0.5);
        base.Update(groups, [arguments[0], new Vector(half, true)], weights);
    }

    public override Column Results(int start, int count, RowFaults faults)
    {
        using var builder = new FixedBuilder<double>(DataType.Float64, count);
        for (int group = 0; group < count; group++)
        {
            double[] values = Quantiles.Values(Rows, start + group, out double fraction);
            if (values.Length == 0)
            {
                builder.AppendNull();
                continue;
            }

            if (!Quantiles.Check(fraction, group, faults))
            {
                builder.AppendNull();
                continue;
            }

            if (!sorted)
            {
                Quantiles.Sort(values);
            }

            double at = fraction * (values.Length - 1);
            int below = (int)at;
            double low = values[below];
            double high = values[Math.Min(below + 1, values.Length - 1)];

            // Equal neighbours need no interpolation, which would make NaN of infinities.
            builder.Append(low == high || at == below ? low : low + ((at - below) * (high - low)));
        }

        return builder.Build();
    }
}

/// <summary>The first value whose rank reaches a fraction: <c>percentile_disc</c>. Rows come in order.</summary>
internal sealed class RankAccumulator(DataType type) : RowAccumulator(type, DataType.Float64, type)
{
    public override Column Results(int start, int count, RowFaults faults)
    {
        using ColumnBuilder builder = ColumnBuilder.Create(Type, count);
        for (int group = 0; group < count; group++)
        {
            int[] rows = [.. Rows.Rows(start + group)];
            Column values = Rows.Column(1);
            rows = [.. rows.Where(r => !values.IsNull(r))];
            double fraction = rows.Length == 0 ? 0 : ((FixedColumn<double>)Rows.Column(0)).Values[rows[0]];
            if (rows.Length == 0 || !Quantiles.Check(fraction, group, faults))
            {
                builder.AppendNull();
                continue;
            }

            builder.AppendRange(values, rows[Math.Max(0, (int)Math.Ceiling(fraction * rows.Length) - 1)], 1);
        }

        return builder.Build();
    }
}

/// <summary>What quantiles have in common.</summary>
internal static class Quantiles
{
    /// <summary>The values of a group that are not null, and the fraction asked for.</summary>
    public static double[] Values(RowStore store, int group, out double fraction)
    {
        ReadOnlySpan<int> rows = store.Rows(group);
        var values = (FixedColumn<double>)store.Column(0);
        var fractions = (FixedColumn<double>)store.Column(1);
        var found = new double[rows.Length];
        int count = 0;
        foreach (int row in rows)
        {
            if (!values.IsNull(row))
            {
                found[count++] = values.Values[row];
            }
        }

        fraction = rows.IsEmpty || fractions.IsNull(rows[0]) ? double.NaN : fractions.Values[rows[0]];
        return found[..count];
    }

    /// <summary>Sorts; NaN comes last, as everywhere in SQL.</summary>
    public static void Sort(double[] values)
    {
        Array.Sort(values);
        int nan = 0;
        while (nan < values.Length && double.IsNaN(values[nan]))
        {
            nan++;
        }

        if (nan > 0)
        {
            values.AsSpan(nan).CopyTo(values);
            values.AsSpan(values.Length - nan).Fill(double.NaN);
        }
    }

    /// <summary>Whether a fraction is one; otherwise that is a fault of the group.</summary>
    public static bool Check(double fraction, int group, RowFaults faults)
    {
        if (fraction is >= 0 and <= 1)
        {
            return true;
        }

        faults.Add(group, ExecutionErrors.ArgumentOutOfDomainCode, string.Create(CultureInfo.InvariantCulture, $"A percentile is asked for at {fraction}, which is not from 0 to 1."));
        return false;
    }
}
