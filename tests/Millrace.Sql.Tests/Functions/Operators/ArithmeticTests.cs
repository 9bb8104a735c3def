using System.Numerics;
using Millrace.Sql.Binding;
using Millrace.Sql.Functions;
using Millrace.Sql.Tests.Execution;

namespace Millrace.Sql.Tests.Functions;

public sealed class ArithmeticTests
{
    [Theory]
    [InlineData(5, 2, 6, 3, "+", 7, 3)]
    [InlineData(38, 10, 38, 2, "+", 38, 6)]
    [InlineData(38, 0, 1, 0, "+", 38, 0)]
    [InlineData(12, 2, 10, 4, "*", 22, 6)]
    [InlineData(38, 10, 38, 10, "*", 38, 6)]
    [InlineData(30, 2, 20, 2, "*", 38, 4)]
    [InlineData(12, 2, 12, 2, "/", 27, 15)]
    [InlineData(2, 1, 10, 0, "/", 13, 12)]
    [InlineData(38, 0, 38, 0, "/", 38, 6)]
    [InlineData(5, 2, 10, 0, "%", 5, 2)]
    public void Decimal_results_have_the_digits_that_they_need(int p1, int s1, int p2, int s2, string op, int precision, int scale)
        => Assert.Equal(DataType.Decimal(precision, scale), Bound.Call(op, Bound.Decimal(p1, s1, 1), Bound.Decimal(p2, s2, 1)).Type);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Decimals_of_all_sizes_are_exact(int seed)
    {
        using var leaks = new LeakCheck();
        var data = new RandomBatches(seed, new RandomOptions { Sliced = true, EdgeDensity = 0.2 });
        for (int i = 0; i < 40; i++)
        {
            int rows = data.Random.Next(1, 60);
            ColumnVariable[] variables = [new("a", Decimal(data.Random)), new("b", Decimal(data.Random))];
            using var batch = new RecordBatch(new Schema(variables.Select(v => v.ToField())), rows, [.. variables.Select(v => data.Column(v.Type, rows))]);
            var interpreter = new RowInterpreter(variables, batch);
            foreach (string op in (string[])["+", "-", "*", "/", "%"])
            {
                BoundExpression expression = Bound.Call(op, new BoundColumn(variables[0]), new BoundColumn(variables[1]));
                Evaluation result = Evaluation.Run(expression, variables, batch);
                for (int row = 0; row < rows; row++)
                {
                    object? expected = null;
                    bool faulty = false;
                    try
                    {
                        expected = interpreter.Evaluate(expression, row);
                    }
                    catch (NoValueException)
                    {
                        faulty = true;
                    }

                    Assert.Equal(faulty, result.Faults.ContainsKey(row));
                    Assert.True(faulty || Equals(expected, result.Values[row]), $"{variables[0].Type} {op} {variables[1].Type}: expected {expected}, found {result.Values[row]}");
                }
            }
        }
    }

    [Theory]
    [InlineData("+", int.MaxValue, 1)]
    [InlineData("-", int.MinValue, 1)]
    [InlineData("*", 65536, 32768)]
    [InlineData("*", int.MinValue, -1)]
    [InlineData("/", int.MinValue, -1)]
    public void Integers_that_overflow_are_faults_wherever_they_stand_in_the_batch(string op, int left, int right)
    {
        using var leaks = new LeakCheck();
        ColumnVariable[] variables = [new("a", DataType.Int32), new("b", DataType.Int32)];
        foreach (int bad in (int[])[0, 7, 8, 31, 63, 99])
        {
            using var a = new FixedBuilder<int>(DataType.Int32);
            using var b = new FixedBuilder<int>(DataType.Int32);
            for (int row = 0; row < 100; row++)
            {
                a.Append(row == bad ? left : -row);
                b.Append(row == bad ? right : 3);
            }

            using var batch = new RecordBatch(new Schema(variables.Select(v => v.ToField())), 100, a.Build(), b.Build());
            Evaluation result = Evaluation.Run(Bound.Call(op, new BoundColumn(variables[0]), new BoundColumn(variables[1])), variables, batch);
            (int found, Sql.Execution.RowFault fault) = Assert.Single(result.Faults);
            Assert.Equal(bad, found);
            Assert.Equal($"{left} {op} {right} does not fit integer.", fault.Message);
        }
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(-1L)]
    [InlineData(0L)]
    [InlineData(3L)]
    public void Big_integers_agree_with_whole_numbers_of_any_size(long right)
    {
        using var leaks = new LeakCheck();
        ColumnVariable[] variables = [new("a", DataType.Int64)];
        long[] values = [long.MinValue, long.MinValue + 1, -4_000_000_000, -1, 0, 1, 2, 3_037_000_500, long.MaxValue - 1, long.MaxValue];
        using var a = new FixedBuilder<long>(DataType.Int64);
        a.Append(values);
        using var batch = new RecordBatch(new Schema(variables[0].ToField()), values.Length, a.Build());
        foreach (string op in (string[])["+", "-", "*", "/", "%"])
        {
            Evaluation result = Evaluation.Run(Bound.Call(op, new BoundColumn(variables[0]), Bound.Constant(DataType.Int64, right)), variables, batch);
            for (int row = 0; row < values.Length; row++)
            {
                BigInteger x = values[row];
                BigInteger? exact = op switch
                {
                    "+" => x + right,
                    "-" => x - right,
                    "*" => x * right,
                    _ when right == 0 => null,
                    "/" => BigInteger.Divide(x, right),
                    _ => BigInteger.Remainder(x, right),
                };
                bool fits = exact >= long.MinValue && exact <= long.MaxValue;
                Assert.Equal(!fits, result.Faults.ContainsKey(row));
                Assert.True(!fits || Equals((long)exact!.Value, result.Values[row]), $"{x} {op} {right}");
            }
        }
    }

    [Fact]
    public void Infinity_that_comes_in_goes_through_and_infinity_that_is_made_is_an_overflow()
    {
        using var leaks = new LeakCheck();
        Assert.Equal(double.PositiveInfinity, Double("+", double.PositiveInfinity, 1));
        Assert.Equal(double.NaN, Double("-", double.PositiveInfinity, double.PositiveInfinity));
        Assert.Equal(double.NaN, Double("/", double.NaN, 0));
        Assert.Equal(-0.5, Double("%", -5.5, 1));
        foreach ((string op, double a, double b, string code) in (ReadOnlySpan<(string, double, double, string)>)[("+", double.MaxValue, double.MaxValue, "MR5201"), ("*", 1e200, -1e200, "MR5201"), ("/", 1, 0, "MR5202"), ("%", 1, 0, "MR5202"), ("/", 1e300, 1e-300, "MR5201")])
        {
            Assert.Equal(code, Evaluation.Fault(Bound.Call(op, Bound.Constant(DataType.Float64, a), Bound.Constant(DataType.Float64, b))).Code.Id);
        }
    }

    [Fact]
    public void Bits_are_combined_and_shifted_within_the_width()
    {
        using var leaks = new LeakCheck();
        Assert.Equal(8, Evaluation.One(Bound.Call("&", Bound.Int(12), Bound.Int(10))));
        Assert.Equal(14, Evaluation.One(Bound.Call("|", Bound.Int(12), Bound.Int(10))));
        Assert.Equal(6, Evaluation.One(Bound.Call("#", Bound.Int(12), Bound.Int(10))));
        Assert.Equal(-6, Evaluation.One(Bound.Call("~", Bound.Int(5))));
        Assert.Equal(1L << 40, Evaluation.One(Bound.Call("<<", Bound.Constant(DataType.Int64, 1L), Bound.Int(40))));
        Assert.Equal(-4, Evaluation.One(Bound.Call(">>", Bound.Int(-16), Bound.Int(2))));
        Assert.Equal("MR5204", Evaluation.Fault(Bound.Call("<<", Bound.Int(1), Bound.Int(32))).Code.Id);
        Assert.Equal("MR5204", Evaluation.Fault(Bound.Call(">>", Bound.Int(1), Bound.Int(-1))).Code.Id);
    }

    [Fact]
    public void Texts_bytes_and_arrays_are_put_together()
    {
        using var leaks = new LeakCheck();
        Assert.Equal("aßc", Evaluation.One(Bound.Call("||", Bound.Text("aß"), Bound.Text("c"))));
        Assert.Null(Evaluation.One(Bound.Call("||", Bound.Text("a"), Bound.Text(null))));
        Assert.Equal("CAFE01", Evaluation.One(Bound.Call("||", Bound.Constant(DataType.Binary, new byte[] { 0xCA, 0xFE }), Bound.Constant(DataType.Binary, new byte[] { 1 }))));
        var list = new ColumnVariable("l", DataType.List(DataType.Int32));
        var element = new ColumnVariable("e", DataType.Int32);
        var data = new RandomBatches(3, new RandomOptions { Sliced = true });
        using var batch = new RecordBatch(new Schema(list.ToField(), element.ToField()), 80, data.Column(list.Type, 80), data.Column(element.Type, 80));
        Evaluation lists = Evaluation.Run(new BoundColumn(list), [list, element], batch);
        Evaluation elements = Evaluation.Run(new BoundColumn(element), [list, element], batch);
        Check(Bound.Call("||", new BoundColumn(list), new BoundColumn(list)), row => lists.Values[row] is object?[] l ? [.. l, .. l] : null);
        Check(Overloaded(new BoundColumn(list), new BoundColumn(element), 3), row => [.. lists.Values[row] as object?[] ?? [], elements.Values[row]]);
        Check(Overloaded(new BoundColumn(element), new BoundColumn(list), 4), row => [elements.Values[row], .. lists.Values[row] as object?[] ?? []]);

        void Check(BoundExpression expression, Func<int, object?[]?> expected)
        {
            Evaluation result = Evaluation.Run(expression, [list, element], batch);
            for (int row = 0; row < 80; row++)
            {
                Assert.Equal(expected(row), result.Values[row]);
            }
        }

        BoundCall Overloaded(BoundExpression left, BoundExpression right, int overload)
        {
            var function = (ScalarFunction)BuiltInFunctions.Table.Find("||")!;
            return new BoundCall(function, function.Overloads[overload], [left, right], list.Type);
        }
    }

    private static object? Double(string op, double left, double right)
        => Evaluation.One(Bound.Call(op, Bound.Constant(DataType.Float64, left), Bound.Constant(DataType.Float64, right)));

    private static DataType Decimal(Random random)
    {
        int precision = random.Next(3) == 0 ? 38 : random.Next(1, 39);
        return DataType.Decimal(precision, random.Next(0, precision + 1));
    }
}
