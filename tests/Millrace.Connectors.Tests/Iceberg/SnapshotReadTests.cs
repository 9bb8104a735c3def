using System.Globalization;
using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>What came to a table, and what went, from one snapshot to another.</summary>
public sealed class SnapshotReadTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_run_reads_the_rows_that_were_appended_since()
    {
        using MergedTable table = new();
        var reader = new SnapshotRuns(table) { Mode = ReadMode.Incremental };
        await table.WriteAsync([1, "eu", 10], [2, "us", 20]);
        Assert.Equal(["1 eu 10", "2 us 20"], await reader.ReadAsync());
        Assert.Empty(await reader.ReadAsync());
        await table.WriteAsync([3, "eu", 30]);
        await table.WriteAsync([4, "eu", 40]);
        Assert.Equal(["3 eu 30", "4 eu 40"], await reader.ReadAsync());
    }

    [Fact]
    public async Task A_snapshot_that_replaces_rows_ends_the_read_or_is_left_out()
    {
        using MergedTable table = new();
        var reader = new SnapshotRuns(table) { Mode = ReadMode.Incremental };
        await table.WriteAsync([1, "eu", 10]);
        await reader.ReadAsync();
        await table.WriteAsync([1, "eu", 11]);
        await table.WriteAsync([2, "eu", 20]);
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => reader.ReadAsync());
        Assert.Equal(IcebergErrors.OtherSnapshot, e.Code);
        reader.Options = o => o with { OtherSnapshots = IcebergOtherSnapshots.Skip };
        Assert.Equal(["2 eu 20"], await reader.ReadAsync());
    }

    [Theory]
    [InlineData(IcebergRowChanges.MergeOnRead, "", 2)]
    [InlineData(IcebergRowChanges.CopyOnWrite, "", 2)]
    [InlineData(IcebergRowChanges.EqualityDeletes, "", 2)]
    [InlineData(IcebergRowChanges.MergeOnRead, "region", 2)]
    [InlineData(IcebergRowChanges.EqualityDeletes, "bucket(2, id)", 2)]
    [InlineData(IcebergRowChanges.MergeOnRead, "", 3)]
    [InlineData(IcebergRowChanges.EqualityDeletes, "bucket(2, id)", 3)]
    public async Task Changes_that_are_folded_by_key_give_the_table(IcebergRowChanges way, string partition, int version)
    {
        using MergedTable table = new() { Options = o => o with { FormatVersion = version, RowChanges = way, Partition = partition.Length == 0 ? [] : [partition] } };
        var reader = new SnapshotRuns(table) { Mode = ReadMode.Cdc };
        var random = new Random(3);
        var folded = new Dictionary<string, string>();
        for (int epoch = 0; epoch < 8; epoch++)
        {
            await table.WriteAsync([.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => new object?[] { random.Next(20), random.Next(2) == 0 ? "eu" : "us", epoch, random.Next(4) == 0 ? "D" : "U" })]);
            if (epoch % 2 == 0)
            {
                continue;
            }

            foreach (string[] row in (await reader.ReadAsync(sorted: false)).Select(r => r.Split(' ')))
            {
                if (row[3] == "D")
                {
                    // Only rows that are there can go, as they are.
                    Assert.True(folded.Remove(row[0], out string? gone));
                    Assert.Equal($"{row[0]} {row[1]} {row[2]}", gone);
                }
                else
                {
                    Assert.Equal("I", row[3]);
                    folded.Add(row[0], $"{row[0]} {row[1]} {row[2]}");
                }
            }

            Assert.Equal(await table.ReadAsync(), folded.Values.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task A_merge_of_a_few_rows_is_read_as_these_rows()
    {
        using MergedTable table = new();
        var reader = new SnapshotRuns(table) { Mode = ReadMode.Cdc };
        await table.WriteAsync([.. Enumerable.Range(0, 50).Select(i => new object?[] { i, "eu", i })]);
        await reader.ReadAsync();
        await table.WriteAsync([7, "us", 70], [8, null, null, "D"]);
        Assert.Equal(["7 eu 7 D", "7 us 70 I", "8 eu 8 D"], await reader.ReadAsync());
    }

    [Fact]
    public async Task A_vector_that_takes_the_place_of_another_is_read_as_the_rows_that_it_adds()
    {
        using MergedTable table = new() { Options = o => o with { FormatVersion = 3 } };
        var reader = new SnapshotRuns(table) { Mode = ReadMode.Cdc };
        await table.WriteAsync([.. Enumerable.Range(0, 9).Select(i => new object?[] { i, "eu", i })]);
        await reader.ReadAsync();
        await table.WriteAsync([7, null, null, "D"], [3, null, null, "D"]);
        Assert.Equal(["3 eu 3 D", "7 eu 7 D"], await reader.ReadAsync());
        await table.WriteAsync([5, null, null, "D"]);
        Assert.Equal(["5 eu 5 D"], await reader.ReadAsync());
        Assert.True(Assert.Single(await table.FilesAsync(FileContent.PositionDeletes)).IsVector);
    }

    [Fact]
    public async Task A_snapshot_that_takes_a_vector_away_is_refused_as_changes()
    {
        using MergedTable table = new() { Options = o => o with { FormatVersion = 3 } };
        var reader = new SnapshotRuns(table) { Mode = ReadMode.Cdc };
        await table.WriteAsync([1, "eu", 1], [2, "eu", 2]);
        await table.WriteAsync([2, null, null, "D"]);
        await reader.ReadAsync();
        IcebergTable open = await table.Lake.LoadAsync();
        await open.CommitAsync(new FileChange { Operation = "overwrite", Removes = f => f.IsVector }, Cancellation);
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => reader.ReadAsync());
        Assert.Equal("MR3446", e.Code.Id);
        Assert.Contains("gives back rows", e.Message, StringComparison.Ordinal);
        Assert.Equal((await table.FilesAsync(FileContent.Data)).Single(f => f.Rows == 2).Path, e.Place?.File);
        Assert.Contains("millrace state reset", e.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_read_begins_and_ends_where_it_is_told_to()
    {
        using MergedTable table = new();
        for (int i = 1; i <= 4; i++)
        {
            await table.WriteAsync([i, "eu", i]);
        }

        long[] ids = [.. (await table.Lake.LoadAsync()).Metadata.Snapshots.OrderBy(s => s.SequenceNumber).Select(s => s.Id)];
        Assert.Equal(["2 eu 2", "3 eu 3"], await new SnapshotRuns(table) { Mode = ReadMode.Incremental, Options = o => o with { FromSnapshot = ids[0], ToSnapshot = ids[2] } }.ReadAsync());
        Assert.Equal(["1 eu 1", "2 eu 2"], await new SnapshotRuns(table) { Mode = ReadMode.Incremental, Options = o => o with { ToSnapshot = ids[1] } }.ReadAsync());
        MillraceException lost = await Assert.ThrowsAsync<MillraceException>(() => new SnapshotRuns(table) { Mode = ReadMode.Incremental, Options = o => o with { FromSnapshot = 5 } }.ReadAsync());
        Assert.Equal(IcebergErrors.LostSnapshot, lost.Code);
        Assert.Contains("expired", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Snapshots_that_only_move_rows_are_left_out()
    {
        using MergedTable table = new();
        var reader = new SnapshotRuns(table) { Mode = ReadMode.Cdc };
        await table.WriteAsync([1, "eu", 1]);
        await reader.ReadAsync();
        IcebergTable open = await table.Lake.LoadAsync();
        await open.CommitAsync(FileChange.Append([]) with { Operation = "replace", Removes = _ => true }, Cancellation);
        Assert.Empty(await reader.ReadAsync());
        await table.WriteAsync([2, "eu", 2]);
        Assert.Equal(["2 eu 2 I"], await reader.ReadAsync());
    }

    /// <summary>A job that reads a table again and again.</summary>
    private sealed class SnapshotRuns(MergedTable table)
    {
        private Checkpoint? _since;

        public required ReadMode Mode { get; init; }

        public Func<IcebergSourceOptions, IcebergSourceOptions> Options { get; set; } = static o => o;

        public async Task<string[]> ReadAsync(bool sorted = true)
        {
            await using ISource source = new IcebergConnector().OpenSource(Options(new IcebergSourceOptions { Path = table.Lake.Path }), new ConnectorContext { Job = "read" });
            string[] columns = ["id", "region", "amount", .. Mode == ReadMode.Cdc ? ["_op"] : Array.Empty<string>()];
            await using IReadPlan plan = await source.PlanAsync(new ReadRequest { Mode = Mode, Since = _since, Columns = [.. columns.Select(c => new RequestedColumn(c))], BatchRows = 5 }, Cancellation);
            var rows = new List<string>();
            Position? position = null;
            await foreach (Split split in plan.SplitsAsync(Cancellation))
            {
                Assert.Equal("snapshots", split.Key);
                await using ISplitReader reader = await plan.OpenAsync(split, null, FailOnRowError.Instance, Cancellation);
                while (await reader.ReadAsync(Cancellation) is { } read)
                {
                    using RecordBatch batch = read.Batch;
                    Assert.True(read.IsPartOfUnit);
                    rows.AddRange(Enumerable.Range(0, batch.Length).Select(r => string.Join(' ', batch.Columns.Select(c => Text(c, r)))));
                }

                position = split.EndPosition ?? position;
            }

            if (position is not null)
            {
                _since = new Checkpoint { Job = "read", Epoch = 1, CreatedAt = DateTimeOffset.UnixEpoch, Splits = new Dictionary<string, SplitProgress> { ["snapshots"] = new(position, Done: false) } };
            }

            return [.. sorted ? rows.Order(StringComparer.Ordinal) : rows.AsEnumerable()];
        }

        private static string Text(Column column, int row) => column.IsNull(row) ? "" : column is BinaryColumn text ? text.GetString(row) : ((FixedColumn<long>)column).Values[row].ToString(CultureInfo.InvariantCulture);
    }
}
