using Millrace.Sql.Binding;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Tests.Execution;

[Trait("speed", "slow")]
public sealed class RandomExpressionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Evaluators_give_the_values_and_the_faults_that_a_row_at_a_time_gives(int seed)
    {
        using var leaks = new LeakCheck();
        var data = new RandomBatches(seed, new RandomOptions { Sliced = seed % 2 == 0, EdgeDensity = 0.05, MaxTextLength = 3, NullDensity = seed % 3 == 0 ? 0 : 0.2 });
        ColumnVariable[] variables = [.. RandomExpressions.Types.Select((t, i) => new ColumnVariable($"c{i}", t)), .. RandomExpressions.Types.Select((t, i) => new ColumnVariable($"d{i}", t))];
        var expressions = new RandomExpressions(data.Random, variables);
        int faults = 0;
        int values = 0;
        foreach (int rows in (int[])[0, 1, 64, 65, 150])
        {
            using RecordBatch batch = Batch(data, variables, rows);
            using RecordBatch encoded = Encoded.Of(batch);
            var interpreter = new RowInterpreter(variables, batch);
            for (int i = 0; i < 12; i++)
            {
                BoundExpression expression = expressions.Any(data.Random.Next(1, 5));
                Evaluation result = Evaluation.Run(expression, variables, batch);
                Evaluation ofDictionaries = Evaluation.Run(expression, variables, encoded);
                Assert.Equal(result.Faults.Keys.Order(), ofDictionaries.Faults.Keys.Order());
                Assert.All(Enumerable.Range(0, rows).Where(r => !result.Faults.ContainsKey(r)), r => Assert.Equal(result.Values[r], ofDictionaries.Values[r]));
                for (int row = 0; row < rows; row++)
                {
                    string place = $"seed {seed}, expression {i}, row {row} of {rows}: {ExpressionShape.Of(expression)}";
                    try
                    {
                        object? expected = interpreter.Evaluate(expression, row);
                        Assert.False(result.Faults.TryGetValue(row, out RowFault fault), $"{place}: expected {expected}, but {fault.Message}");
                        Assert.True(Equals(expected, result.Values[row]), $"{place}: expected {expected ?? "null"}, found {result.Values[row] ?? "null"}");
                        values++;
                    }
                    catch (NoValueException)
                    {
                        Assert.True(result.Faults.ContainsKey(row), $"{place}: there is no value, but {result.Values[row] ?? "null"} was found");
                        faults++;
                    }
                }
            }
        }

        Assert.True(faults > 50 && values > 500, $"{faults} faults and {values} values prove little.");
    }

    private static RecordBatch Batch(RandomBatches data, ColumnVariable[] variables, int rows)
    {
        Column[] columns = [.. variables.Select((v, i) => i < variables.Length / 2 ? data.Column(v.Type, rows) : Small(v.Type, data.Random, rows))];
        return new RecordBatch(new Schema(variables.Select(v => v.ToField())), rows, columns);
    }

    // Values near zero, which seldom overflow.
    private static Column Small(DataType type, Random random, int rows)
    {
        using ColumnBuilder builder = ColumnBuilder.Create(type, rows);
        for (int row = 0; row < rows; row++)
        {
            int value = random.Next(-9, 10);
            switch (builder)
            {
                case FixedBuilder<int> b: b.Append(value); break;
                case FixedBuilder<long> b: b.Append(value); break;
                case FixedBuilder<double> b: b.Append(value / 2.0); break;
                case FixedBuilder<Int128> b: b.Append(value * 50); break;
                case BooleanBuilder b: b.Append(value > 0); break;
                case BinaryBuilder b: b.Append(value.ToString(System.Globalization.CultureInfo.InvariantCulture)); break;
                default: throw new ArgumentException(type.ToString());
            }
        }

        return builder.Build();
    }
}
