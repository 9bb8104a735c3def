using System.Globalization;
using Millrace.Columnar;
using Millrace.Sql.Execution;
using BigInteger = System.Numerics.BigInteger;

namespace Millrace.Sql.Functions;

/// <summary>Averages of decimals with six digits more, from an exact sum; halves are rounded away from zero.</summary>
/// <param name="type">Type of the result.</param>
/// <param name="scale">Scale of the argument.</param>
internal sealed unsafe class DecimalAverage(DataType type, int scale) : DecimalSums(type)
{
    private readonly BigInteger _factor = BigInteger.Pow(10, type.Scale - scale);

    protected override Column Results(ExactSum* states, int count, RowFaults faults)
    {
        using var builder = new FixedBuilder<Int128>(Type, count);
        for (int i = 0; i < count; i++)
        {
            ExactSum state = states[i];
            if (state.Count == 0)
            {
                builder.AppendNull();
                continue;
            }

            BigInteger average = Divide(state.Total * _factor, state.Count);
            if (BigInteger.Abs(average) < BigInteger.Pow(10, Type.Precision))
            {
                builder.Append((Int128)average);
                continue;
            }

            builder.AppendNull();
            faults.Add(i, ExecutionErrors.OverflowCode, string.Create(CultureInfo.InvariantCulture, $"An average does not fit {Type}."));
        }

        return builder.Build();
    }

    private static BigInteger Divide(BigInteger sum, long count)
    {
        BigInteger quotient = BigInteger.DivRem(sum, count, out BigInteger rest);
        return BigInteger.Abs(rest) * 2 >= Math.Abs(count) ? quotient + (sum.Sign * Math.Sign(count)) : quotient;
    }
}
