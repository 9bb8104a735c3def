using Millrace.Columnar;
using Millrace.Sql.Execution;
using Millrace.Sql.Functions;
using Millrace.TestKit;

namespace Millrace.Sql.Tests.Functions;

/// <summary>States of loaded aggregates leave the accumulator and come back.</summary>
public sealed class LoadedAggregateTests
{
    private static readonly IReadOnlyList<SqlFunction> Loaded = FunctionAssembly.Load(Path.Combine(AppContext.BaseDirectory, "Millrace.SampleFunctions.dll"));

    [Fact]
    public void States_that_leave_and_come_back_give_the_same_result() => LeakCheck.Run(() =>
    {
        using Accumulator left = Create("word_counts", DataType.Utf8);
        using Accumulator right = Create("word_counts", DataType.Utf8);
        left.Resize(2);
        right.Resize(2);
        Add(left, [0, 1], Texts("a b", "c"));
        Add(right, [0, 1], Texts("d", "b b"));
        Merge(right, left, [1, 0]);
        Assert.Equal(["a=1 b=3", "c=1 d=1"], Results(left, 2));

        // What was merged stays apart from where it came from.
        Add(left, [0], Texts("z"));
        Assert.Equal(["d=1", "b=2"], Results(right, 2));
        left.Clear(0, 1);
        Assert.Equal(["", "c=1 d=1"], Results(left, 2));
    });

    [Fact]
    public void A_state_of_objects_is_merged_within_its_accumulator_by_its_value() => LeakCheck.Run(() =>
    {
        using Accumulator words = Create("word_counts", DataType.Utf8);
        words.Resize(3);
        Add(words, [0, 1], Texts("a", "b"));
        words.Merge([0, 1, 0], [2, 2, 1]);
        Add(words, [0], Texts("x"));
        Assert.Equal(["a=1 x=1", "a=1 b=1", "a=1 b=1"], Results(words, 3));
    });

    [Fact]
    public void Rows_are_taken_back_by_negative_weights() => LeakCheck.Run(() =>
    {
        using Accumulator mean = Create("geometric_mean", DataType.Float64);
        Assert.True(mean.Retracts);
        Assert.False(Create("word_counts", DataType.Utf8).Retracts);
        mean.Resize(1);
        using Vector values = Numbers(1, 1, 5);
        mean.Update([0, 0, 0], [values], [1, 1, 2]);
        mean.Update([0, 0, 0], [values], [0, 0, -2]);
        Assert.Equal(["1"], Results(mean, 1));
    });

    [Fact]
    public void What_a_group_threw_goes_with_its_state() => LeakCheck.Run(() =>
    {
        using Accumulator from = Create("geometric_mean", DataType.Float64);
        using Accumulator to = Create("geometric_mean", DataType.Float64);
        from.Resize(1);
        to.Resize(2);
        Add(from, [0], Numbers(-3));
        Add(to, [0, 1], Numbers(1, 1));
        Merge(from, to, [1]);
        var faults = new RowFaults();
        using Column results = to.Results(0, 2, faults);
        RowFault fault = Assert.Single(faults.All);
        Assert.Equal((1, "MR5310"), (fault.Row, fault.Code.Id));
        Assert.Contains("-3", fault.Message);
        Assert.False(results.IsNull(0));
    });

    [Fact]
    public void Objects_that_grow_are_counted_as_memory() => LeakCheck.Run(() =>
    {
        using Accumulator words = Create("word_counts", DataType.Utf8);
        words.Resize(1);
        long before = words.ByteSize;
        string[] texts = [.. Enumerable.Range(0, 20_000).Select(i => $"w{i}")];
        Add(words, new int[texts.Length], Texts(texts));
        Assert.True(words.ByteSize > before + 100_000, $"{words.ByteSize} bytes");
    });

    private static Accumulator Create(string name, DataType type)
    {
        var function = (AggregateFunction)Loaded.Single(f => f.Name == name);
        return function.Overloads[0].Create(new ScalarCallSite([type], [null], function.Overloads[0].Returns.Exact));
    }

    private static void Add(Accumulator accumulator, int[] groups, Vector values)
    {
        using (values)
        {
            accumulator.Update(groups, [values], []);
        }
    }

    private static void Merge(Accumulator from, Accumulator to, int[] groups)
    {
        Column[] states = from.Export(0, groups.Length);
        Assert.Equal(from.StateTypes, states.Select(s => s.Type));
        to.Import(states, groups);
        Array.ForEach(states, s => s.Dispose());
    }

    private static List<string> Results(Accumulator accumulator, int groups)
    {
        var faults = new RowFaults();
        using Column results = accumulator.Results(0, groups, faults);
        Assert.False(faults.Any);
        return [.. Enumerable.Range(0, groups).Select(g => ColumnText.Plain(results, g))];
    }

    private static Vector Texts(params string[] texts)
    {
        using var builder = new BinaryBuilder(DataType.Utf8);
        Array.ForEach(texts, builder.Append);
        return new Vector(builder.Build());
    }

    private static Vector Numbers(params double[] numbers)
    {
        using var builder = new FixedBuilder<double>(DataType.Float64);
        builder.Append(numbers);
        return new Vector(builder.Build());
    }
}
