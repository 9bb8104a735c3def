using Millrace.Sql.Binding;
using Millrace.Sql.Execution;
using Millrace.Sql.Functions;

namespace Millrace.Sql.Tests.Functions.Aggregates;

/// <summary>What holds for every aggregate of the function table.</summary>
[Trait("speed", "slow")]
public sealed class AccumulatorTests
{
    private const int Groups = 7;

    public static TheoryData<string> Names => [.. BuiltInFunctions.Table.All.OfType<AggregateFunction>().Select(f => f.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void States_that_are_exported_and_put_together_give_the_same_result(string name)
    {
        using var leaks = new LeakCheck();
        foreach ((AggregateOverload overload, DataType[] types, int seed) in Overloads(name))
        {
            using var data = new Data(overload, types, seed);
            using Accumulator whole = data.Create();
            using Accumulator first = data.Create();
            using Accumulator second = data.Create();
            using Accumulator joined = data.Create();
            foreach (Accumulator each in new[] { whole, first, second, joined })
            {
                each.Resize(Groups);
            }

            data.Update(whole, 0, data.Rows);
            data.Update(first, 0, data.Rows / 3);
            data.Update(second, data.Rows / 3, data.Rows);
            Move(first, joined, 0, Groups);
            Move(second, joined, 0, 3);
            Move(second, joined, 3, Groups - 3);
            AssertSame(whole, joined, $"{name}({string.Join(", ", types.AsEnumerable())})");
            Assert.True(whole.ByteSize > 0);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Cleared_groups_begin_anew_and_others_stay(string name)
    {
        using var leaks = new LeakCheck();
        foreach ((AggregateOverload overload, DataType[] types, int seed) in Overloads(name))
        {
            using var data = new Data(overload, types, seed);
            using Accumulator used = data.Create();
            using Accumulator fresh = data.Create();
            used.Resize(Groups);
            fresh.Resize(Groups);
            data.Update(used, 0, data.Rows, g => g is 2 or 3 ? g : -1);
            used.Clear(2, 2);
            data.Update(used, 0, data.Rows, g => g == 3 ? -1 : g);
            data.Update(fresh, 0, data.Rows, g => g == 3 ? -1 : g);
            AssertSame(fresh, used, name);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void One_group_and_constants_are_as_rows(string name)
    {
        using var leaks = new LeakCheck();
        foreach ((AggregateOverload overload, DataType[] types, int seed) in Overloads(name))
        {
            using var data = new Data(overload, types, seed);
            using Accumulator byRows = data.Create();
            using Accumulator atOnce = data.Create();
            byRows.Resize(2);
            atOnce.Resize(2);
            data.Update(byRows, 0, data.Rows, g => g == 1 ? 1 : -1);
            data.UpdateOne(atOnce, 1);
            AssertSame(byRows, atOnce, name, 2);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Rows_can_be_taken_back_where_an_aggregate_says_so(string name)
    {
        using var leaks = new LeakCheck();
        foreach ((AggregateOverload overload, DataType[] types, int seed) in Overloads(name))
        {
            using var data = new Data(overload, types, seed, finite: true);
            using Accumulator plain = data.Create();
            if (!plain.Retracts)
            {
                continue;
            }

            using Accumulator taken = data.Create();
            plain.Resize(Groups);
            taken.Resize(Groups);
            data.Update(taken, 0, data.Rows, weight: 1);
            data.Update(taken, 0, data.Rows, weight: 2);
            data.Update(taken, 0, data.Rows / 2, weight: -3);
            data.Update(plain, data.Rows / 2, data.Rows, weight: 3);
            AssertSame(plain, taken, name, tolerance: 1e-6);
        }
    }

    private static void Move(Accumulator from, Accumulator to, int start, int count)
    {
        Column[] states = from.Export(start, count);
        Assert.Equal(from.StateTypes, states.Select(s => s.Type));
        to.Import(states, [.. Enumerable.Range(start, count)]);
        Array.ForEach(states, s => s.Dispose());
    }

    private static void AssertSame(Accumulator expected, Accumulator actual, string what, int groups = Groups, double tolerance = 1e-9)
    {
        var expectedFaults = new RowFaults();
        var actualFaults = new RowFaults();
        using Column left = expected.Results(0, groups, expectedFaults);
        using Column right = actual.Results(0, groups, actualFaults);
        Assert.Equal(expectedFaults.All.Select(f => f.Row), actualFaults.All.Select(f => f.Row));
        Assert.Equal(expected.Type, left.Type);
        for (int i = 0; i < groups; i++)
        {
            string a = ColumnText.Json(left, i);
            string b = ColumnText.Json(right, i);
            if (left is FixedColumn<double> x && right is FixedColumn<double> y && !left.IsNull(i) && !right.IsNull(i))
            {
                double scale = Math.Max(1, Math.Abs(x.Values[i]));
                Assert.True(Math.Abs(x.Values[i] - y.Values[i]) <= scale * tolerance || a == b || what.StartsWith("approx_p", StringComparison.Ordinal), $"{what}, group {i}: {a} and {b}");
                continue;
            }

            Assert.True(a == b, $"{what}, group {i}: {a} and {b}");
        }
    }

    // Each overload with types that it takes.
    private static IEnumerable<(AggregateOverload Overload, DataType[] Types, int Seed)> Overloads(string name)
    {
        var function = (AggregateFunction)BuiltInFunctions.Table.Find(name)!;
        DataType[] any = [DataType.Int64, DataType.Utf8, DataType.Float64, DataType.Decimal(18, 4), DataType.Timestamp(), DataType.Interval, DataType.Boolean];
        int seed = 1;
        foreach (AggregateOverload overload in function.Overloads)
        {
            foreach (DataType choice in overload.Parameters.Any(p => p.Exact is null) ? any : [DataType.Int64])
            {
                if (name.StartsWith("arg_", StringComparison.Ordinal) && choice.Id == TypeId.Boolean)
                {
                    continue;
                }

                yield return (overload, [.. overload.Parameters.Select(p => p.Exact ?? (p.Kind == TypePatternKind.Decimal ? DataType.Decimal(15, 3) : choice))], seed++);
            }
        }
    }

    /// <summary>Random arguments and groups.</summary>
    private sealed class Data : IDisposable
    {
        private readonly AggregateOverload _overload;
        private readonly ScalarCallSite _site;
        private readonly Column[] _columns;
        private readonly int[] _groups;

        public Data(AggregateOverload overload, DataType[] types, int seed, bool finite = false)
        {
            _overload = overload;
            var random = new RandomBatches(seed, new RandomOptions { NonFinite = false, EdgeDensity = 0.02, MaxTextLength = 6, NullDensity = 0.15 });
            Rows = 300;
            _columns = [.. types.Select((t, i) => Column(random, t, finite))];
            _groups = [.. Enumerable.Range(0, Rows).Select(_ => random.Random.Next(Groups - 1))];

            // A fraction, a count, a separator: what functions take as constants.
            object?[]?[] constants = [.. types.Select((t, i) => i > 0 && t.Id == TypeId.Int64 ? [3L] : i > 0 && t.Id == TypeId.Float64 ? new object?[] { 0.3 } : null)];
            var site = new ScalarCallSite(types, constants);
            _site = site with { Result = overload.ResultType?.Invoke(site) ?? overload.Returns.Exact ?? types[0] };
        }

        public int Rows { get; }

        public Accumulator Create() => _overload.Create(_site);

        public void UpdateOne(Accumulator accumulator, int group)
        {
            using RecordBatch rows = Chosen(g => g == group ? g : -1, 0, Rows, out int[] groups);
            accumulator.UpdateOne(group, groups.Length, [.. rows.Columns.Select(c => new Vector(c))], default);
        }

        public void Update(Accumulator accumulator, int start, int end, Func<int, int>? map = null, long weight = 0)
        {
            using RecordBatch rows = Chosen(map ?? (g => g), start, end, out int[] groups);
            long[] weights = weight == 0 ? [] : [.. groups.Select(_ => weight)];
            int half = groups.Length / 2;
            foreach ((int from, int to) in new[] { (0, half), (half, groups.Length) })
            {
                using RecordBatch part = rows.Slice(from, to - from);
                accumulator.Update(groups.AsSpan(from..to), [.. part.Columns.Select(c => new Vector(c))], weight == 0 ? default : weights.AsSpan(from..to));
            }
        }

        public void Dispose() => Array.ForEach(_columns, c => c.Dispose());

        // As the executor does: rows without a first argument are left out where the overload says so.
        private RecordBatch Chosen(Func<int, int> map, int start, int end, out int[] groups)
        {
            int[] rows = [.. Enumerable.Range(start, end - start).Where(r => map(_groups[r]) >= 0 && !(_overload.SkipsNulls && _columns.Length > 0 && _columns[0].IsNull(r)))];
            groups = [.. rows.Select(r => map(_groups[r]))];
            using var all = new RecordBatch(new Schema(_columns.Select((c, i) => new Field($"c{i}", c.Type))), Rows, [.. _columns.Select(c => c.Share())]);
            return Take.Rows(all, rows);
        }

        private Column Column(RandomBatches random, DataType type, bool finite)
        {
            if (type.Id == TypeId.Float64 || (finite && type.IsFloat))
            {
                using ColumnBuilder numbers = ColumnBuilder.Create(type);
                for (int i = 0; i < Rows; i++)
                {
                    double value = random.Random.Next(8) / 8.0;
                    ConstantColumn.Append(numbers, random.Random.Next(7) == 0 ? null : type.Id == TypeId.Float64 ? value : (object)(float)value);
                }

                return numbers.Build();
            }

            // Few different values, so that there are repeats.
            using Column few = random.Column(type, 40);
            return Take.Rows(few, [.. Enumerable.Range(0, Rows).Select(_ => random.Random.Next(40))]);
        }
    }
}
