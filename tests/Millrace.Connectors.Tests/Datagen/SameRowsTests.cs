using Millrace.Connectors.Datagen;

namespace Millrace.Connectors.Tests.Datagen;

/// <summary>A row is the same however it is come by.</summary>
public sealed class SameRowsTests
{
    private const int Rows = 2500;

    [Fact]
    public async Task Batches_splits_and_their_order_make_no_difference()
    {
        DatagenOptions table = Tables.EveryKind(Rows);
        IReadOnlyList<string> whole = await Generated.RowsAsync(table, new ReadRequest { SplitBytes = 1 << 30 });
        Assert.Equal(Rows, whole.Count);
        foreach ((int batch, long split) in new[] { (333, 100L), (1024, 400_000), (1025, 1_000_000) })
        {
            Assert.Equal(whole, await Generated.RowsAsync(table, new ReadRequest { BatchRows = batch, SplitBytes = split }));
        }
    }

    [Fact]
    public async Task Splits_that_are_read_at_once_and_backwards_hold_the_same()
    {
        DatagenOptions table = Tables.EveryKind(Rows);
        await using ISource source = Generated.Open(table);
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest { BatchRows = 100, SplitBytes = 100_000 }, default);
        IReadOnlyList<Split> splits = await PlanReading.SplitsAsync(plan);
        Assert.True(splits.Count > 3);
        var read = await Task.WhenAll(splits.Reverse().Select(s => Task.Run(() => PlanReading.ReadAsync(plan, s))));
        Assert.Equal(await Generated.RowsAsync(table), read.Reverse().SelectMany(b => b).SelectMany(b => b.Rows));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(1777)]
    [InlineData(2500)]
    public async Task A_read_goes_on_at_any_row(int at)
    {
        DatagenOptions table = Tables.EveryKind(Rows);
        IReadOnlyList<string> whole = await Generated.RowsAsync(table);
        var position = new Position(new System.Text.Json.Nodes.JsonObject { ["rows"] = at });
        var since = new Checkpoint
        {
            Job = "test",
            Epoch = 1,
            CreatedAt = DateTimeOffset.UnixEpoch,
            Splits = new Dictionary<string, SplitProgress> { ["rows"] = new SplitProgress(position, at == Rows) },
        };
        await using ISource source = Generated.Open(table);
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest { Since = since }, default);
        var rest = new List<string>();
        foreach (Split split in await PlanReading.SplitsAsync(plan))
        {
            rest.AddRange((await PlanReading.ReadAsync(plan, split, position)).SelectMany(b => b.Rows));
        }

        Assert.Equal(whole.Skip(at), rest);
    }

    [Fact]
    public async Task A_table_that_became_longer_is_read_on()
    {
        IReadOnlyList<string> whole = await Generated.RowsAsync(Tables.EveryKind(300));
        Assert.Equal(whole.Take(200), await Generated.RowsAsync(Tables.EveryKind(200)));
    }

    [Fact]
    public async Task Columns_are_the_same_beside_others_and_in_any_case()
    {
        DatagenOptions table = Tables.EveryKind(500);
        IReadOnlyList<string> whole = await Generated.RowsAsync(table);
        foreach (string name in table.Columns.Keys)
        {
            IReadOnlyList<string> alone = await Generated.RowsAsync(table, new ReadRequest { Columns = [new RequestedColumn(name)] });
            Assert.Equal(whole.Select(r => System.Text.Json.Nodes.JsonNode.Parse(r)![name]?.ToJsonString()), alone.Select(r => System.Text.Json.Nodes.JsonNode.Parse(r)![name]?.ToJsonString()));
        }

        Assert.Equal(
            await Generated.RowsAsync(Generated.Options("rows=100", "columns.a=bigint", "fields.A.kind=uniform")),
            await Generated.RowsAsync(Generated.Options("rows=100", "columns.a=bigint")));
    }

    [Fact]
    public async Task Another_seed_gives_other_rows()
    {
        IReadOnlyList<string> one = await Generated.RowsAsync(Tables.EveryKind(100, seed: 1));
        Assert.Equal(one, await Generated.RowsAsync(Tables.EveryKind(100, seed: 1)));
        Assert.Empty(one.Intersect(await Generated.RowsAsync(Tables.EveryKind(100, seed: 2))));
    }

    // The values must not change from version to version: whoever pins a seed relies on them.
    [Fact]
    public async Task The_values_of_a_seed_are_these()
        => Assert.Equal(
            Pinned,
            await Generated.RowsAsync(Generated.Options(
                "rows=3", "seed=7", "columns.a=bigint", "columns.b=varchar", "columns.c=uuid", "columns.d=boolean", "fields.a.kind=uniform", "fields.b.kind=enum", "fields.b.values=x,y,z")));

    [Fact]
    public async Task A_table_without_end_is_read_with_a_limit_or_followed()
    {
        DatagenOptions table = Tables.EveryKind(null);
        Assert.Equal(await Generated.RowsAsync(Tables.EveryKind(100)), await Generated.RowsAsync(table, new ReadRequest { Limit = 100 }));

        var error = await Assert.ThrowsAsync<MillraceException>(() => Generated.RowsAsync(table));
        Assert.Equal(DatagenErrors.Endless, error.Code);

        await using ISource source = Generated.Open(table);
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest { Follows = true }, default);
        int splits = 0;
        await foreach (Split split in plan.SplitsAsync(default))
        {
            Assert.False(split.EndsKey);
            if (++splits == 5)
            {
                break;
            }
        }

        Assert.Equal(5, splits);
    }

    [Fact]
    public async Task Rows_come_at_their_rate()
    {
        var time = new ManualTime();
        await using ISource source = Generated.Open(Generated.Options("rows=100", "rate=20", "columns.id=bigint"), time);
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), default);
        DateTimeOffset start = time.GetUtcNow();
        Task<IReadOnlyList<string>> read = Task.Run(() => PlanReading.ReadAllAsync(plan));
        await time.DriveAsync(read);
        Assert.Equal(100, (await read).Count);
        Assert.Equal(5.0, (time.GetUtcNow() - start).TotalSeconds, 2);
    }

    // Worked out by another program.
    private static readonly string[] Pinned =
    [
        """{"a":848619,"b":"x","c":"40941941-1148-45b8-8e17-e4d86eefd8d6","d":false}""",
        """{"a":525858,"b":"y","c":"37843220-4180-497c-a6c0-5127b2bf09a9","d":true}""",
        """{"a":964698,"b":"x","c":"05174e57-4024-408f-affc-032d636c807b","d":true}""",
    ];
}
