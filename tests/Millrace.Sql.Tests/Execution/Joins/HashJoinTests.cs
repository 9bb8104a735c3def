using Millrace.Columnar;
using Millrace.Sql.Execution;
using Millrace.Sql.Planning;
using Millrace.TestKit;

namespace Millrace.Sql.Tests.Execution;

[Trait("speed", "slow")]
public sealed class HashJoinTests
{
    private static readonly DataType[][] KeyTypes =
    [
        [DataType.Int64],
        [DataType.Utf8],
        [DataType.Int32, DataType.Utf8],
        [DataType.Decimal(30, 2)],
        [DataType.Float64],
        [DataType.List(DataType.Int32)],
        [DataType.Struct([new Field("a", DataType.Int32), new Field("b", DataType.Utf8)])],
        [DataType.Boolean, DataType.Int64, DataType.Date],
        [],
    ];

    public static TheoryData<LogicalJoinKind, int, bool> Cases()
    {
        var cases = new TheoryData<LogicalJoinKind, int, bool>();
        foreach (LogicalJoinKind kind in (LogicalJoinKind[])[LogicalJoinKind.Inner, LogicalJoinKind.Left, LogicalJoinKind.Right, LogicalJoinKind.Full, LogicalJoinKind.Semi, LogicalJoinKind.Anti, LogicalJoinKind.Mark])
        {
            for (int type = 0; type < KeyTypes.Length; type++)
            {
                cases.Add(kind, type, false);
                cases.Add(kind, type, true);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_join_gives_what_trying_all_pairs_gives(LogicalJoinKind kind, int type, bool residual)
    {
        (int Left, int Right, bool Skewed, bool Nulls)[] shapes = [(150, 100, false, true), (120, 140, false, false), (0, 20, false, true), (30, 0, false, true), (90, 70, true, true), (1, 1, false, false)];
        for (int i = 0; i < shapes.Length; i++)
        {
            (int left, int right, bool skewed, bool nulls) = shapes[i];
            using var join = new JoinCase((type * 31) + i, KeyTypes[type], left, right, residual, skewed, nulls);
            await AssertJoin(join, kind, new QueryContext { Lanes = 1 + (i % 2 * 2) });
        }
    }

    [Theory]
    [InlineData(LogicalJoinKind.Semi)]
    [InlineData(LogicalJoinKind.Anti)]
    public async Task Rows_of_the_kept_side_come_out_by_whether_they_have_a_match(LogicalJoinKind kind)
    {
        for (int type = 0; type < KeyTypes.Length; type++)
        {
            (int Left, int Right, bool Skewed, bool Nulls)[] shapes = [(150, 100, false, true), (120, 140, false, false), (0, 20, false, true), (30, 0, false, true), (90, 70, true, true), (400, 300, true, false)];
            for (int i = 0; i < shapes.Length; i++)
            {
                (int left, int right, bool skewed, bool nulls) = shapes[i];
                using var join = new JoinCase((type * 31) + i, KeyTypes[type], left, right, residual: i % 2 == 0, skewed, nulls);
                await AssertJoin(join, kind, new QueryContext { Lanes = 1 + (i % 2 * 2) }, outputsRight: true);
            }
        }
    }

    [Theory]
    [InlineData(LogicalJoinKind.Inner, false)]
    [InlineData(LogicalJoinKind.Right, false)]
    [InlineData(LogicalJoinKind.Semi, false)]
    [InlineData(LogicalJoinKind.Semi, true)]
    [InlineData(LogicalJoinKind.Anti, true)]
    public async Task Rows_that_are_left_out_before_a_join_have_no_match(LogicalJoinKind kind, bool outputsRight)
    {
        using var folder = new TempFolder();
        for (int type = 0; type < KeyTypes.Length - 1; type++)
        {
            using var join = new JoinCase(type + 40, KeyTypes[type], 300, 60, residual: false);
            await AssertJoin(join, kind, new QueryContext { Lanes = 1 + (type % 3) }, outputsRight, filtered: true);
            await AssertJoin(join, kind, new QueryContext { Lanes = 2, Memory = new MemoryBudget(0), SpillFolder = folder.Path }, outputsRight, filtered: true);
        }
    }

    [Theory]
    [InlineData(LogicalJoinKind.Semi, 1)]
    [InlineData(LogicalJoinKind.Anti, 3)]
    public async Task A_kept_side_that_comes_out_may_lie_on_disk(LogicalJoinKind kind, int lanes)
    {
        using var folder = new TempFolder();
        using var join = new JoinCase(12, [DataType.Int64, DataType.Utf8], 60, 300, residual: true, textLength: 2500);
        await AssertJoin(join, kind, new QueryContext { Lanes = lanes, Memory = new MemoryBudget(0), SpillFolder = folder.Path }, outputsRight: true);
        Assert.Empty(Directory.EnumerateFiles(folder.Path));
    }

    [Theory]
    [InlineData(LogicalJoinKind.Inner)]
    [InlineData(LogicalJoinKind.Full)]
    [InlineData(LogicalJoinKind.Left)]
    public async Task Many_matches_come_out_in_small_batches(LogicalJoinKind kind)
    {
        using var join = new JoinCase(4, [DataType.Int64], 400, 300, residual: false, skewed: true, nulls: false);
        List<RecordBatch> batches = await Run(join, kind, new QueryContext { Lanes = 1 });
        Assert.True(batches.Sum(b => b.Length) > 50_000);
        Assert.All(batches, b => Assert.InRange(b.Length, 1, RecordBatch.DefaultRows + 400));
        batches.ForEach(b => b.Dispose());
    }

    [Fact]
    public async Task A_scalar_subquery_takes_one_row_or_none()
    {
        using var join = new JoinCase(3, [DataType.Int64], 50, 1, residual: false);
        await AssertJoin(join, LogicalJoinKind.Single, new QueryContext { Lanes = 3 });
    }

    [Fact]
    public async Task A_scalar_subquery_with_two_rows_is_an_error()
    {
        await LeakCheck.RunAsync(async () =>
        {
            using var join = new JoinCase(3, [], 5, 2, residual: false);
            MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => Run(join, LogicalJoinKind.Single, new QueryContext { Lanes = 1 }));
            Assert.Equal("MR5250", error.Code.Id);
        });
    }

    [Fact]
    public async Task Memory_that_is_reserved_is_given_back()
    {
        using var join = new JoinCase(3, [DataType.Int64], 50, 200, residual: false, textLength: 4000);
        var memory = new MemoryBudget(1 << 30);
        await AssertJoin(join, LogicalJoinKind.Full, new QueryContext { Lanes = 2, Memory = memory });
        Assert.Equal(0, memory.Used);
        Assert.True(memory.Peak > 100_000, "Nothing was reserved.");
    }

    // Wide rows, so that even few of them do not fit.
    [Theory]
    [InlineData(LogicalJoinKind.Inner, 1)]
    [InlineData(LogicalJoinKind.Left, 3)]
    [InlineData(LogicalJoinKind.Right, 1)]
    [InlineData(LogicalJoinKind.Full, 3)]
    [InlineData(LogicalJoinKind.Semi, 3)]
    [InlineData(LogicalJoinKind.Anti, 1)]
    public async Task A_side_that_does_not_fit_into_memory_is_joined_on_disk(LogicalJoinKind kind, int lanes)
    {
        using var folder = new TempFolder();
        using var join = new JoinCase(12, [DataType.Int64, DataType.Utf8], 60, 300, residual: true, textLength: 2500);
        var memory = new MemoryBudget(0);
        await AssertJoin(join, kind, new QueryContext { Lanes = lanes, Memory = memory, SpillFolder = folder.Path });
        Assert.Equal(0, memory.Used);
        Assert.Empty(Directory.EnumerateFiles(folder.Path));
    }

    // Wide rows, so that few of them fit; of one key, so that dealing them does not help.
    [Theory]
    [MemberData(nameof(PieceCases))]
    public async Task A_kept_side_without_keys_or_of_one_key_goes_through_memory_piece_by_piece(LogicalJoinKind kind, bool outputsRight, int lanes, bool residual)
    {
        using var folder = new TempFolder();
        DataType[][] keys = [[], [DataType.Int64], [DataType.Int32, DataType.Utf8]];
        for (int i = 0; i < keys.Length; i++)
        {
            bool skewed = keys[i].Length > 0;
            using var join = new JoinCase(20 + i, keys[i], 70, 400, residual, skewed, nulls: i != 1, textLength: 2500);
            var memory = new MemoryBudget(0);
            await AssertJoin(join, kind, new QueryContext { Lanes = lanes, Memory = memory, SpillFolder = folder.Path }, outputsRight);
            Assert.Equal(0, memory.Used);
            Assert.Equal(0, memory.Held);
            Assert.True(memory.Spilled > 0, "Nothing went to disk.");
            Assert.Empty(Directory.EnumerateFiles(folder.Path));
        }
    }

    public static TheoryData<LogicalJoinKind, bool, int, bool> PieceCases()
    {
        var cases = new TheoryData<LogicalJoinKind, bool, int, bool>();
        foreach (bool residual in (bool[])[false, true])
        {
            foreach (LogicalJoinKind kind in (LogicalJoinKind[])[LogicalJoinKind.Inner, LogicalJoinKind.Left, LogicalJoinKind.Right, LogicalJoinKind.Full, LogicalJoinKind.Semi, LogicalJoinKind.Anti, LogicalJoinKind.Mark])
            {
                cases.Add(kind, false, residual ? 3 : 1, residual);
            }

            cases.Add(LogicalJoinKind.Semi, true, 2, residual);
            cases.Add(LogicalJoinKind.Anti, true, 1, residual);
        }

        return cases;
    }

    [Fact]
    public async Task A_second_row_of_a_scalar_subquery_is_found_in_another_piece()
    {
        await LeakCheck.RunAsync(async () =>
        {
            using var folder = new TempFolder();
            using var join = new JoinCase(3, [], 5, 400, residual: false, textLength: 2500);
            MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => Run(join, LogicalJoinKind.Single, new QueryContext { Lanes = 1, Memory = new MemoryBudget(0), SpillFolder = folder.Path }));
            Assert.Equal("MR5250", error.Code.Id);
        });
    }

    private static async Task AssertJoin(JoinCase join, LogicalJoinKind kind, QueryContext context, bool outputsRight = false, bool filtered = false)
    {
        await LeakCheck.RunAsync(async () =>
        {
            List<RecordBatch> batches = await Run(join, kind, context, outputsRight, filtered);
            List<string> rows = JoinCase.Sorted(batches);
            batches.ForEach(b => b.Dispose());
            Assert.Equal(join.Expected(kind, outputsRight), rows);
        });
    }

    private static async Task<List<RecordBatch>> Run(JoinCase join, LogicalJoinKind kind, QueryContext context, bool outputsRight = false, bool filtered = false)
    {
        TestRows left = TestRows.Cut(join.Left, 35);
        TestRows right = TestRows.Cut(join.Right, 23);
        try
        {
            return await NodeRunner.BatchesAsync(join.Node(kind, left, right, outputsRight, filtered), context);
        }
        finally
        {
            left.Release();
            right.Release();
        }
    }
}
