using Millrace.Columnar;
using Millrace.Sql.Execution;
using Millrace.TestKit;

namespace Millrace.Sql.Tests.Execution;

[Trait("speed", "slow")]
public sealed class SortNodeTests
{
    public static TheoryData<int, int, int> Cases()
    {
        var cases = new TheoryData<int, int, int>();
        for (int seed = 0; seed < 24; seed++)
        {
            cases.Add(seed, seed % 2 == 0 ? 1 : 3, new[] { 0, 1, 2, 50, 3000 }[seed % 5]);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Rows_come_out_in_order_and_equals_keep_the_order_of_the_input(int seed, int lanes, int rows)
    {
        await LeakCheck.RunAsync(async () =>
        {
            using RecordBatch input = Input(seed, rows, out OrderColumn[] order);
            TestRows source = TestRows.Cut(input, 1 + (seed * 7 % 90));
            using RecordBatch sorted = await NodeRunner.RunAsync(new SortNode(source, order), new QueryContext { Lanes = lanes });
            using RecordBatch expected = Take.Rows(input, Reference(input, order));
            BatchAssert.Equal(expected, sorted);
            source.Release();
        });
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_limit_gives_the_first_rows_of_the_order(int seed, int lanes, int rows)
    {
        await LeakCheck.RunAsync(async () =>
        {
            using RecordBatch input = Input(seed + 100, rows * 4, out OrderColumn[] order);
            TestRows source = TestRows.Cut(input, 1000);
            foreach (int limit in (int[])[0, 1, 7, rows, (rows * 4) + 5])
            {
                using RecordBatch sorted = await NodeRunner.RunAsync(new SortNode(source, order, width: 2) { Limit = limit }, new QueryContext { Lanes = lanes });
                int[] expectedRows = Reference(input, order);
                using RecordBatch all = Take.Rows(input, expectedRows.AsSpan(0, Math.Min(limit, expectedRows.Length)));
                using RecordBatch expected = all.Select([0, 1]);
                BatchAssert.Equal(expected, sorted);
            }

            source.Release();
        });
    }

    [Fact]
    public async Task Rows_without_keys_keep_their_order()
    {
        await LeakCheck.RunAsync(async () =>
        {
            using RecordBatch input = Input(5, 700, out _);
            TestRows source = TestRows.Cut(input, 30);
            using RecordBatch sorted = await NodeRunner.RunAsync(new SortNode(source, []) { Limit = 600 }, new QueryContext { Lanes = 3 });
            using RecordBatch expected = input.Slice(0, 600);
            BatchAssert.Equal(expected, sorted);
            source.Release();
        });
    }

    [Fact]
    public async Task Memory_that_is_reserved_is_given_back()
    {
        using RecordBatch input = Input(5, 5000, out OrderColumn[] order);
        TestRows source = TestRows.Cut(input, 500);
        var memory = new MemoryBudget(1 << 30);
        using RecordBatch sorted = await NodeRunner.RunAsync(new SortNode(source, order), new QueryContext { Lanes = 2, Memory = memory });
        Assert.Equal(0, memory.Used);
        Assert.True(memory.Peak > 5000 * 8, "Nothing was reserved.");
        source.Release();
    }

    [Theory]
    [InlineData(1, 1, 40_000)]
    [InlineData(2, 3, 40_000)]
    [InlineData(3, 2, 6_000)]
    public async Task Rows_that_do_not_fit_into_memory_are_sorted_on_disk(int seed, int lanes, int rows)
    {
        await LeakCheck.RunAsync(async () =>
        {
            using var folder = new TempFolder();
            using RecordBatch input = Input(seed, rows, out OrderColumn[] order);
            TestRows source = TestRows.Cut(input, 100);
            var memory = new MemoryBudget(100_000);
            using RecordBatch sorted = await NodeRunner.RunAsync(new SortNode(source, order), new QueryContext { Lanes = lanes, Memory = memory, SpillFolder = folder.Path });
            using RecordBatch expected = Take.Rows(input, Reference(input, order));
            BatchAssert.Equal(expected, sorted);
            Assert.Equal(0, memory.Used);
            Assert.Empty(Directory.EnumerateFiles(folder.Path));
            source.Release();
        });
    }

    // More runs than are merged at once.
    [Fact]
    public async Task Very_many_runs_are_merged_in_rounds()
    {
        await LeakCheck.RunAsync(async () =>
        {
            using var folder = new TempFolder();
            var random = new RandomBatches(4, new RandomOptions { MaxTextLength = 400, PlainText = true });
            using RecordBatch input = random.Batch(new Schema(new Field("k", DataType.Int32), new Field("t", DataType.Utf8)), 70_000);
            TestRows source = TestRows.Cut(input, 500);
            OrderColumn[] order = [new OrderColumn(0)];
            using RecordBatch sorted = await NodeRunner.RunAsync(new SortNode(source, order), new QueryContext { Lanes = 1, Memory = new MemoryBudget(0), SpillFolder = folder.Path });
            using RecordBatch expected = Take.Rows(input, Reference(input, order));
            BatchAssert.Equal(expected, sorted);
            source.Release();
        });
    }

    internal static RecordBatch Input(int seed, int rows, out OrderColumn[] order)
    {
        var random = new RandomBatches(seed, new RandomOptions { EdgeDensity = 0.4, MaxTextLength = seed % 3 == 0 ? 2 : 12, PlainText = true, Sliced = seed % 2 == 0 });
        DataType[] types = [DataType.Int64, DataType.Utf8, DataType.Float64, DataType.Decimal(38, 3), DataType.Boolean, DataType.Int32, DataType.Date, DataType.List(DataType.Boolean)];
        Schema schema = new(types.OrderBy(_ => random.Random.Next()).Select((t, i) => new Field($"c{i}", t, nullable: random.Random.Next(3) > 0)));
        order = [.. Enumerable.Range(0, 1 + random.Random.Next(3)).Select(_ => new OrderColumn(random.Random.Next(types.Length), random.Random.Next(2) == 0, random.Random.Next(2) == 0))];
        return random.Batch(schema, rows);
    }

    // Compares values as the oracle of tests prints or holds them, not by the engine's kernels.
    internal static int[] Reference(RecordBatch input, OrderColumn[] order)
        => [.. Enumerable.Range(0, input.Length).Order(Comparer<int>.Create((a, b) => CompareRows(input, order, a, b) is var c && c != 0 ? c : a.CompareTo(b)))];

    internal static int CompareRows(RecordBatch input, IReadOnlyList<OrderColumn> order, int a, int b)
    {
        foreach (OrderColumn key in order)
        {
            Column column = input[key.Column];
            int result = column.IsNull(a) || column.IsNull(b)
                ? column.IsNull(a).CompareTo(column.IsNull(b)) * (key.NullsFirst ? -1 : 1)
                : Values.Compare(column, a, column, b) * (key.Descending ? -1 : 1);
            if (result != 0)
            {
                return result;
            }
        }

        return 0;
    }
}
