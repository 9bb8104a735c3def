using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>Random numbers, which a seed makes repeatable in a statement that runs in one lane.</summary>
internal static class RandomFunctions
{
    public static Column Random(in KernelCall call)
    {
        using var builder = new FixedBuilder<double>(DataType.Float64, call.Rows);
        call.Context.Random.Fill(builder.AppendUninitialized(call.Rows));
        return builder.Build();
    }

    /// <summary>Takes a seed from -1 to 1 and gives it back.</summary>
    public static Column SetSeed(in KernelCall call)
    {
        ReadOnlySpan<double> seeds = ((FixedColumn<double>)call.Arguments[0].Column).Values;
        for (int row = 0; row < call.Rows; row++)
        {
            double seed = seeds[row * call.Arguments[0].Step];
            if (!(Math.Abs(seed) <= 1))
            {
                Fault fault = Faults.Domain($"setseed takes numbers from -1 to 1, found {Faults.Text(seed)}.");
                call.Faults.Add(row, fault.Code, fault.Message);
            }
            else if (call.Faults.Wants(row))
            {
                call.Context.Random.Reset((int)(seed * int.MaxValue));
            }
        }

        return call.Arguments[0].ToColumn(call.Rows);
    }
}
