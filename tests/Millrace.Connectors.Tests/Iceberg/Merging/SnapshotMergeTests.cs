using Millrace.Connectors.Common;
using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>A table is made equal to a snapshot, keeps every version of its rows, or loses the rows that are gone.</summary>
public sealed class SnapshotMergeTests
{
    [Theory]
    [InlineData(IcebergRowChanges.MergeOnRead, 2)]
    [InlineData(IcebergRowChanges.CopyOnWrite, 2)]
    [InlineData(IcebergRowChanges.MergeOnRead, 3)]
    [InlineData(IcebergRowChanges.CopyOnWrite, 3)]
    public async Task A_snapshot_inserts_updates_and_removes_what_differs_and_touches_nothing_else(IcebergRowChanges way, int version)
    {
        using MergedTable table = new() { Mode = WriteMode.SnapshotDiff, IsSnapshot = true, Options = o => o with { RowChanges = way, FormatVersion = version } };
        await table.WriteAsync([1, "eu", 10], [2, "us", 20], [3, "eu", 30], [4, null, null]);
        await table.WriteAsync([1, "eu", 10], [3, "eu", 31], [4, null, null], [5, "us", 5], [5, "us", 50]);
        Assert.Equal(["1 eu 10", "3 eu 31", "4  ", "5 us 50"], await table.ReadAsync());

        // The same again changes nothing.
        int files = (await table.Lake.FilesAsync()).Count;
        await table.WriteAsync([1, "eu", 10], [3, "eu", 31], [4, null, null], [5, "us", 50]);
        Assert.Equal(files, (await table.Lake.FilesAsync()).Count);
        await table.WriteAsync();
        Assert.Empty(await table.ReadAsync());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Rows_that_are_gone_can_be_kept_with_the_time_and_come_back(int version)
    {
        var clock = new SetClock();
        using MergedTable table = new() { Mode = WriteMode.SnapshotDiff, IsSnapshot = true, Time = clock, Options = o => o with { Deletes = SnapshotDeletes.Soft, FormatVersion = version } };
        await table.WriteAsync([1, "eu", 10], [2, "us", 20]);
        clock.Now = clock.Now.AddHours(1);
        await table.WriteAsync([2, "us", 20]);
        Assert.Equal(["1 eu 10 1970-01-01T01:00:00.000000Z", "2 us 20 "], await table.ReadAsync());
        clock.Now = clock.Now.AddHours(1);
        await table.WriteAsync([3, "us", 30]);
        Assert.Equal(["1 eu 10 1970-01-01T01:00:00.000000Z", "2 us 20 1970-01-01T02:00:00.000000Z", "3 us 30 "], await table.ReadAsync());
        await table.WriteAsync([1, "eu", 10], [2, "us", 21], [3, "us", 30]);
        Assert.Equal(["1 eu 10 ", "2 us 21 ", "3 us 30 "], await table.ReadAsync());
    }

    [Fact]
    public async Task Keys_of_all_rows_that_there_are_remove_the_others()
    {
        using MergedTable table = new();
        await table.WriteAsync([1, "eu", 10], [2, "us", 20], [3, "us", 30]);
        Assert.Equal(2, await table.KeepOnlyAsync(2, 7));
        Assert.Equal(["2 us 20"], await table.ReadAsync());
        Assert.Equal(0, await table.KeepOnlyAsync(2));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Keys_of_all_rows_that_there_are_mark_the_others(int version)
    {
        var clock = new SetClock();
        using MergedTable table = new() { Time = clock, Options = o => o with { Deletes = SnapshotDeletes.Soft, FormatVersion = version } };
        await table.WriteAsync([1, "eu", 10], [2, "us", 20]);
        Assert.Equal(1, await table.KeepOnlyAsync(2));
        Assert.Equal(["1 eu 10 1970-01-01T00:00:00.000000Z", "2 us 20 "], await table.ReadAsync());
        Assert.Equal(0, await table.KeepOnlyAsync(1, 2));
        Assert.Equal(["1 eu 10 ", "2 us 20 "], await table.ReadAsync());
    }

    [Theory]
    [InlineData(IcebergRowChanges.MergeOnRead, 2)]
    [InlineData(IcebergRowChanges.CopyOnWrite, 2)]
    [InlineData(IcebergRowChanges.MergeOnRead, 3)]
    [InlineData(IcebergRowChanges.CopyOnWrite, 3)]
    public async Task Every_version_of_a_row_is_kept(IcebergRowChanges way, int version)
    {
        var clock = new SetClock();
        using MergedTable table = new() { Mode = WriteMode.Scd2, Time = clock, Options = o => o with { RowChanges = way, FormatVersion = version } };
        await table.WriteAsync([1, "eu", 10], [2, "us", 20], [3, "us", 30]);
        clock.Now = clock.Now.AddHours(1);
        await table.WriteAsync([1, "eu", 11, "U"], [2, null, null, "D"], [3, "us", 30, "U"]);
        string[] history =
        [
            "1 eu 10 1970-01-01T00:00:00.000000Z 1970-01-01T01:00:00.000000Z False",
            "1 eu 11 1970-01-01T01:00:00.000000Z  True",
            "2 us 20 1970-01-01T00:00:00.000000Z 1970-01-01T01:00:00.000000Z False",
            "3 us 30 1970-01-01T00:00:00.000000Z  True",
        ];
        Assert.Equal(history, await table.ReadAsync());
        clock.Now = clock.Now.AddHours(1);
        await table.WriteAsync([null, null, null, "T"], [3, "us", 33, "I"]);
        Assert.Equal(
            [
                history[0],
                "1 eu 11 1970-01-01T01:00:00.000000Z 1970-01-01T02:00:00.000000Z False",
                history[2],
                "3 us 30 1970-01-01T00:00:00.000000Z 1970-01-01T02:00:00.000000Z False",
                "3 us 33 1970-01-01T02:00:00.000000Z  True",
            ],
            await table.ReadAsync());
    }

    [Fact]
    public async Task A_version_is_over_when_a_snapshot_lacks_its_row()
    {
        var clock = new SetClock();
        using MergedTable table = new() { Mode = WriteMode.Scd2, IsSnapshot = true, Time = clock };
        await table.WriteAsync([1, "eu", 10], [2, "us", 20]);
        clock.Now = clock.Now.AddHours(1);
        await table.WriteAsync([1, "eu", 10]);
        Assert.Equal(["1 eu 10 1970-01-01T00:00:00.000000Z  True", "2 us 20 1970-01-01T00:00:00.000000Z 1970-01-01T01:00:00.000000Z False"], await table.ReadAsync());
    }

    [Fact]
    public async Task A_table_equals_every_snapshot_that_there_was()
    {
        var random = new Random(7);
        using MergedTable table = new() { Mode = WriteMode.SnapshotDiff, IsSnapshot = true, Options = o => o with { Partition = ["bucket(2, id)"] } };
        for (int i = 0; i < 8; i++)
        {
            object?[][] rows = [.. Enumerable.Range(0, 40).Where(_ => random.Next(3) > 0).Select(id => new object?[] { id, random.Next(2) == 0 ? "eu" : null, random.Next(3) })];
            await table.WriteAsync(rows);
            Assert.Equal(rows.Select(r => $"{r[0]} {r[1]} {r[2]}").Order(StringComparer.Ordinal), await table.ReadAsync());
        }
    }

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
