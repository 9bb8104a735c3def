using System.Numerics;
using Millrace.Sql.Binding;
using Millrace.Sql.Execution;
using Millrace.Sql.Functions;
using Millrace.Sql.Tests.Execution;

namespace Millrace.Sql.Tests.Functions;

public sealed class MathTests
{
    /// <summary>Values of double precision functions as PostgreSQL and C give them.</summary>
    [Theory]
    [InlineData("sqrt", 2, 1.4142135623730951)]
    [InlineData("cbrt", -27, -3)]
    [InlineData("exp", 1, 2.718281828459045)]
    [InlineData("ln", 10, 2.302585092994046)]
    [InlineData("log", 1000, 3)]
    [InlineData("log10", 0.01, -2)]
    [InlineData("log2", 0.125, -3)]
    [InlineData("sin", 1, 0.8414709848078965)]
    [InlineData("cos", 1, 0.5403023058681398)]
    [InlineData("tan", 1, 1.5574077246549023)]
    [InlineData("asin", 1, 1.5707963267948966)]
    [InlineData("acos", -1, 3.141592653589793)]
    [InlineData("atan", 1, 0.7853981633974483)]
    [InlineData("degrees", 3.141592653589793, 180)]
    [InlineData("radians", 180, 3.141592653589793)]
    [InlineData("sinh", 1, 1.1752011936438014)]
    [InlineData("tanh", 1000, 1)]
    [InlineData("round", 2.5, 2)]
    [InlineData("round", 3.5, 4)]
    [InlineData("round", -2.5, -2)]
    [InlineData("trunc", -2.7, -2)]
    [InlineData("ceil", -2.7, -2)]
    [InlineData("ceiling", 2.1, 3)]
    [InlineData("floor", -2.1, -3)]
    [InlineData("abs", -0.5, 0.5)]
    [InlineData("sign", -8.4, -1)]
    public void Functions_of_a_double(string name, double argument, double expected)
        => Assert.Equal(expected, Assert.IsType<double>(Evaluation.One(Bound.Call(name, Double(argument)))), 15);

    [Theory]
    [InlineData("sqrt", -1, "MR5204")]
    [InlineData("ln", 0, "MR5204")]
    [InlineData("ln", -3, "MR5204")]
    [InlineData("log10", 0, "MR5204")]
    [InlineData("asin", 1.5, "MR5204")]
    [InlineData("acos", -1.00001, "MR5204")]
    [InlineData("sin", double.PositiveInfinity, "MR5204")]
    [InlineData("exp", 1000, "MR5201")]
    public void Arguments_without_a_value_are_faults(string name, double argument, string code)
        => Assert.Equal(code, Evaluation.Fault(Bound.Call(name, Double(argument))).Code.Id);

    [Theory]
    [InlineData(2, 10, 1024, null)]
    [InlineData(0, 0, 1, null)]
    [InlineData(-8, 3, -512, null)]
    [InlineData(double.PositiveInfinity, 2, double.PositiveInfinity, null)]
    [InlineData(0, -1, 0, "MR5204")]
    [InlineData(-8, 0.5, 0, "MR5204")]
    [InlineData(10, 400, 0, "MR5201")]
    public void Powers(double left, double right, double expected, string? code)
    {
        BoundExpression power = Bound.Call("^", Double(left), Double(right));
        if (code is null)
        {
            Assert.Equal(expected, Evaluation.One(power));
        }
        else
        {
            Assert.Equal(code, Evaluation.Fault(power).Code.Id);
        }
    }

    [Theory]
    [InlineData(2.675, 2, 2.68)]
    [InlineData(1234.5678, -2, 1200)]
    [InlineData(1e300, 2, 1e300)]
    [InlineData(-0.05, 1, -0.1)]
    [InlineData(123.456, 400, 123.456)]
    public void Doubles_are_rounded_to_digits(double value, int digits, double expected)
        => Assert.Equal(expected, Evaluation.One(Bound.Call("round", Double(value), Bound.Int(digits))));

    [Theory]
    [InlineData("round")]
    [InlineData("trunc")]
    [InlineData("ceil")]
    [InlineData("floor")]
    public void Decimals_lose_digits_exactly(string name)
    {
        using var leaks = new LeakCheck();
        var data = new RandomBatches(7, new RandomOptions { Sliced = true, EdgeDensity = 0.3 });
        foreach ((int precision, int scale) in (ReadOnlySpan<(int, int)>)[(9, 2), (38, 10), (38, 38), (38, 0), (20, 1)])
        {
            var variable = new ColumnVariable("a", DataType.Decimal(precision, scale));
            using var batch = new RecordBatch(new Schema(variable.ToField()), 100, data.Column(variable.Type, 100));
            foreach (int? digits in name is "round" or "trunc" ? (int?[])[null, 0, 1, 5, -1, -3] : [null])
            {
                BoundExpression[] arguments = digits is { } n ? [new BoundColumn(variable), Bound.Int(n)] : [new BoundColumn(variable)];
                BoundCall call = Bound.Call(name, arguments);
                Evaluation result = Evaluation.Run(call, [variable], batch);
                var source = (FixedColumn<Int128>)batch[0];
                for (int row = 0; row < 100; row++)
                {
                    if (source.IsNull(row))
                    {
                        Assert.Null(result.Values[row]);
                        continue;
                    }

                    BigInteger? expected = Cut(name, source.Values[row], scale, digits ?? 0, call.Type);
                    Assert.Equal(expected is null, result.Faults.ContainsKey(row));
                    Assert.True(expected is null || Equals((Int128)expected.Value, result.Values[row]), $"{name}({source.Values[row]} of {variable.Type}, {digits}) as {call.Type}: {expected} and {result.Values[row]}");
                }
            }
        }
    }

    [Fact]
    public void Whole_numbers_have_divisors_multiples_factorials_and_bits()
    {
        using var leaks = new LeakCheck();
        Assert.Equal(21, Evaluation.One(Bound.Call("gcd", Bound.Int(1071), Bound.Int(-462))));
        Assert.Equal(0, Evaluation.One(Bound.Call("gcd", Bound.Int(0), Bound.Int(0))));
        Assert.Equal(23562, Evaluation.One(Bound.Call("lcm", Bound.Int(-1071), Bound.Int(462))));
        Assert.Equal("MR5201", Evaluation.Fault(Bound.Call("gcd", Bound.Int(int.MinValue), Bound.Int(0))).Code.Id);
        Assert.Equal("MR5201", Evaluation.Fault(Bound.Call("lcm", Bound.Int(int.MaxValue), Bound.Int(int.MaxValue - 1))).Code.Id);
        Assert.Equal(Int128.Parse("8683317618811886495518194401280000000", null), Evaluation.One(Bound.Call("factorial", Bound.Constant(DataType.Int64, 33L))));
        Assert.Equal("MR5201", Evaluation.Fault(Bound.Call("factorial", Bound.Constant(DataType.Int64, 34L))).Code.Id);
        Assert.Equal("MR5204", Evaluation.Fault(Bound.Call("factorial", Bound.Constant(DataType.Int64, -1L))).Code.Id);
        Assert.Equal(32L, Evaluation.One(Bound.Call("bit_count", Bound.Int(-1))));
        Assert.Equal("MR5201", Evaluation.Fault(Bound.Call("abs", Bound.Int(int.MinValue))).Code.Id);
        Assert.Equal((Int128)(-4), Evaluation.One(Bound.Call("div", Bound.Decimal(3, 1, -95), Bound.Decimal(1, 0, 2))));
        Assert.Equal(-1, Evaluation.One(Bound.Call("mod", Bound.Int(-7), Bound.Int(3))));
    }

    [Theory]
    [InlineData(5.35, 0.024, 10.06, 5, 3)]
    [InlineData(-1, 0, 10, 5, 0)]
    [InlineData(10, 0, 10, 5, 6)]
    [InlineData(0, 0, 10, 5, 1)]
    [InlineData(9.999, 0, 10, 5, 5)]
    [InlineData(8, 10, 0, 5, 2)]
    [InlineData(10, 10, 0, 5, 1)]
    [InlineData(0, 10, 0, 5, 6)]
    public void Buckets_of_histograms(double value, double low, double high, int count, int expected)
    {
        Assert.Equal(expected, Evaluation.One(Bound.Call("width_bucket", Double(value), Double(low), Double(high), Bound.Int(count))));
        Assert.Equal(expected, Evaluation.One(Bound.Call("width_bucket", Thousandths(value), Thousandths(low), Thousandths(high), Bound.Int(count))));
        Assert.Equal("MR5204", Evaluation.Fault(Bound.Call("width_bucket", Double(value), Double(low), Double(low), Bound.Int(count))).Code.Id);
        Assert.Equal("MR5204", Evaluation.Fault(Bound.Call("width_bucket", Double(value), Double(low), Double(high), Bound.Int(0))).Code.Id);
    }

    [Fact]
    public void Tests_of_floats()
    {
        using var leaks = new LeakCheck();
        double[] values = [0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue];
        var variable = new ColumnVariable("a", DataType.Float64);
        using var builder = new FixedBuilder<double>(DataType.Float64);
        builder.Append(values);
        builder.AppendNull();
        using var batch = new RecordBatch(new Schema(variable.ToField()), 6, builder.Build());
        Assert.Equal([false, true, false, false, false, null], Evaluation.Run(Bound.Call("isnan", new BoundColumn(variable)), [variable], batch).Values);
        Assert.Equal([false, false, true, true, false, null], Evaluation.Run(Bound.Call("isinf", new BoundColumn(variable)), [variable], batch).Values);
        Assert.Equal([true, false, false, false, true, null], Evaluation.Run(Bound.Call("isfinite", new BoundColumn(variable)), [variable], batch).Values);
    }

    [Fact]
    public void Roots_of_cubes_are_whole()
    {
        for (int i = -2000; i <= 2000; i++)
        {
            Assert.Equal((double)i, Evaluation.One(Bound.Call("cbrt", Double((double)i * i * i))));
        }
    }

    [Fact]
    public void A_seed_repeats_random_numbers()
    {
        object? first = Evaluation.One(Bound.Call("pi"));
        Assert.Equal(Math.PI, first);
        Assert.Equal(Draw(3), Draw(3));
        Assert.NotEqual(Draw(3), Draw(4));

        static double Draw(int seed)
        {
            var numbers = new double[2];
            new EvaluationContext { Seed = seed }.Random.Fill(numbers);
            Assert.All(numbers, n => Assert.InRange(n, 0, 1));
            return numbers[1];
        }
    }

    [Theory]
    [InlineData("greatest")]
    [InlineData("least")]
    public void Extremes_leave_nulls_out(string name)
    {
        using var leaks = new LeakCheck();
        var data = new RandomBatches(11, new RandomOptions { Sliced = true, NullDensity = 0.4, NonFinite = false });
        foreach (DataType type in (DataType[])[DataType.Int32, DataType.Utf8, DataType.Boolean, DataType.Decimal(20, 3)])
        {
            ColumnVariable[] variables = [new("a", type), new("b", type), new("c", type)];
            using var batch = new RecordBatch(new Schema(variables.Select(v => v.ToField())), 130, [.. variables.Select(v => data.Column(type, 130))]);
            Evaluation[] arguments = [.. variables.Select(v => Evaluation.Run(new BoundColumn(v), variables, batch))];
            Evaluation result = Evaluation.Run(Bound.Call(name, [.. variables.Select(v => new BoundColumn(v))]), variables, batch);
            for (int row = 0; row < 130; row++)
            {
                object?[] known = [.. arguments.Select(a => a.Values[row]).Where(v => v is not null)];
                Array.Sort(known, (a, b) => a is string x ? Bytes(x).AsSpan().SequenceCompareTo(Bytes((string)b!)) : Comparer<object>.Default.Compare(a, b));
                Assert.Equal(known.Length == 0 ? null : name == "least" ? known[0] : known[^1], result.Values[row]);
            }
        }
    }

    [Fact]
    public void Special_forms_stand_in_the_table()
    {
        Assert.IsType<SpecialForm>(BuiltInFunctions.Table.Find("coalesce"));
        Assert.Equal("nullif(T, T) → T", BuiltInFunctions.Table.Find("NULLIF")!.Signatures[0]);
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static BoundConstant Double(double value) => Bound.Constant(DataType.Float64, value);

    private static BoundConstant Thousandths(double value) => Bound.Decimal(10, 3, (Int128)Math.Round(value * 1000));

    private static BigInteger? Cut(string name, BigInteger value, int scale, int digits, DataType type)
    {
        // As units of 10^-80, cut to multiples of 10^-digits.
        BigInteger fine = value * BigInteger.Pow(10, 80 - scale);
        BigInteger step = BigInteger.Pow(10, 80 - digits);
        BigInteger down = BigInteger.Divide(fine - (fine.Sign < 0 && fine % step != 0 ? step - 1 : 0), step);
        BigInteger rest = fine - (down * step);
        BigInteger whole = name switch
        {
            "floor" => down,
            "ceil" => rest.IsZero ? down : down + 1,
            "trunc" => fine.Sign < 0 && !rest.IsZero ? down + 1 : down,
            _ => rest * 2 > step || (rest * 2 == step && fine.Sign > 0) ? down + 1 : down,
        };
        BigInteger result = whole * step;
        BigInteger unit = BigInteger.Pow(10, 80 - type.Scale);
        BigInteger rounded = (BigInteger.Abs(result) + (unit / 2)) / unit * result.Sign;
        return BigInteger.Abs(rounded) < BigInteger.Pow(10, type.Precision) ? rounded : null;
    }
}
