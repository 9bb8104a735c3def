using System.Globalization;
using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

[Specification("Partitioning")]
[Specification("Scan Planning")]
[Specification("Snapshots")]
[Specification("Snapshot References")]
public sealed class IcebergSinkTests : IDisposable
{
    private static readonly Schema Columns = new(new Field("id", DataType.Int64), new Field("region", DataType.Utf8), new Field("ts", DataType.Timestamp()));

    private readonly LakeFolder _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task Rows_go_into_the_folders_of_their_partitions()
    {
        await WriteAsync([1L, "eu", Day(0)], [2L, "us", Day(0)], [3L, "eu", Day(1)], [4L, null, null]);

        Assert.Equal(
            ["region=eu/ts_day=1970-01-01", "region=eu/ts_day=1970-01-02", "region=null/ts_day=null", "region=us/ts_day=1970-01-01"],
            Directory.GetFiles(_lake.Path + "/data", "*.parquet", SearchOption.AllDirectories).Select(f => Path.GetDirectoryName(Path.GetRelativePath(_lake.Path + "/data", f))!).Order(StringComparer.Ordinal));
        Assert.Equal(4, (await _lake.ReadAsync()).Count);
        Assert.Contains("""{"spec_id":0,"partition":"region=eu, ts_day=1970-01-02","record_count":1""", string.Concat(await _lake.ReadAsync(o => o with { Path = o.Path + "$partitions" })), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_overwrite_of_partitions_leaves_the_others()
    {
        await WriteAsync([1L, "eu", Day(0)], [2L, "us", Day(0)], [3L, "eu", Day(1)]);
        using (RecordBatch batch = LakeFolder.Batch(Columns, [[9L, "eu", Day(0)]]))
        {
            await _lake.WriteAsync(batch, WriteMode.Overwrite, o => o with { Replaces = IcebergReplaces.Partitions });
        }

        Assert.Equal([2L, 3, 9], await IdsAsync());
        using (RecordBatch batch = LakeFolder.Batch(Columns, [[10L, "eu", Day(0)]]))
        {
            await _lake.WriteAsync(batch, WriteMode.Overwrite);
        }

        Assert.Equal([10L], await IdsAsync());
    }

    [Fact]
    public async Task Splits_are_left_out_by_partition_and_by_figures()
    {
        for (int i = 0; i < 10; i++)
        {
            await WriteAsync([(long)(i * 10), i % 2 == 0 ? "eu" : "us", Day(i)], [(long)((i * 10) + 9), i % 2 == 0 ? "eu" : "us", Day(i)]);
        }

        Assert.Equal(10, await _lake.CountSplitsAsync());
        Assert.Equal(5, await CountAsync("region", PredicateOperator.Equal, "eu"));
        Assert.Equal(1, await CountAsync("id", PredicateOperator.Equal, 35L));
        Assert.Equal(0, await CountAsync("id", PredicateOperator.Equal, 1000L));
        Assert.Equal(3, await CountAsync("id", PredicateOperator.GreaterOrEqual, 79L));
        Assert.Equal(2, await CountAsync("id", PredicateOperator.Greater, 79L));
        Assert.Equal(3, await CountAsync("ts", PredicateOperator.Less, Day(2) + 1));
        Assert.Equal(3, await CountAsync("ts", PredicateOperator.LessOrEqual, Day(2)));
        Assert.Equal(2, await CountAsync("ts", PredicateOperator.Less, Day(2)));
        Assert.Equal(0, await _lake.CountSplitsAsync(new ColumnPredicate("region", PredicateOperator.IsNull, null)));
        Assert.Equal(10, await _lake.CountSplitsAsync(new ColumnPredicate("region", PredicateOperator.IsNotNull, null)));
    }

    [Fact]
    public async Task The_past_is_read_by_id_by_time_and_by_name()
    {
        await WriteAsync([1L, "eu", Day(0)]);
        IcebergTable table = await _lake.LoadAsync();
        Snapshot first = table.Metadata.CurrentSnapshot!;
        await table.UpdateAsync(_ => new TableChange([], [new MetadataUpdate.SetRef("before", new SnapshotRef(first.Id, IsBranch: false))]), TestContext.Current.CancellationToken);
        await WriteAsync([2L, "eu", Day(0)]);

        Assert.Equal(2, (await _lake.ReadAsync()).Count);
        Assert.Single(await _lake.ReadAsync(o => o with { SnapshotId = first.Id }));
        Assert.Single(await _lake.ReadAsync(o => o with { Ref = "before" }));
        Assert.Single(await _lake.ReadAsync(o => o with { AsOf = DateTimeOffset.FromUnixTimeMilliseconds(first.TimestampMs).ToString("O", CultureInfo.InvariantCulture) }));
        Assert.Equal(2, (await _lake.ReadAsync(o => o with { AsOf = "2999-12-31 23:59" })).Count);
        foreach (Func<IcebergSourceOptions, IcebergSourceOptions> wrong in new Func<IcebergSourceOptions, IcebergSourceOptions>[]
        {
            o => o with { SnapshotId = 5 }, o => o with { Ref = "after" }, o => o with { AsOf = "1970-01-01" }, o => o with { AsOf = "yesterday" }, o => o with { Ref = "before", SnapshotId = first.Id },
        })
        {
            Assert.Equal("MR3415", (await Assert.ThrowsAsync<MillraceException>(() => _lake.ReadAsync(wrong))).Code.Id);
        }
    }

    [Fact]
    public async Task Metadata_is_read_as_rows()
    {
        await WriteAsync([1L, "eu", Day(0)]);
        await WriteAsync([2L, "us", Day(0)]);
        foreach ((string stream, int rows) in new[] { ("$snapshots", 2), ("$history", 2), ("$refs", 1), ("$manifests", 2), ("$files", 2), ("$partitions", 2) })
        {
            Assert.Equal(rows, (await _lake.ReadAsync(request: new ReadRequest { Stream = stream })).Count);
            Assert.Equal(rows, (await _lake.ReadAsync(o => o with { Path = o.Path + stream })).Count);
        }

        Assert.Equal("MR3419", (await Assert.ThrowsAsync<MillraceException>(() => _lake.ReadAsync(request: new ReadRequest { Stream = "$shots" }))).Code.Id);
    }

    [Fact]
    public async Task New_columns_are_added_and_old_rows_have_nulls()
    {
        await WriteAsync([1L, "eu", Day(0)]);
        var wider = new Schema(new Field("id", DataType.Int64), new Field("note", DataType.Utf8), new Field("tags", DataType.List(DataType.Utf8)));
        using (RecordBatch batch = new(wider, 0, [.. wider.Fields.Select(f => ColumnBuilder.Create(f.Type)).Select(Build)]))
        {
            await _lake.WriteAsync(batch);
        }

        Assert.Equal("""{"id":1,"region":"eu","ts":"1970-01-01T00:00:00.000000","note":null,"tags":null}""", Assert.Single(await _lake.ReadAsync()));
    }

    [Fact]
    public async Task A_count_of_rows_is_not_called_exact_once_some_are_deleted()
    {
        await WriteAsync([1L, "eu", Day(0)], [2L, "eu", Day(0)]);
        Assert.True((await DiscoverAsync()).RowsExact);
        await _lake.DeleteAsync([((await _lake.FilesAsync())[0].File, 1)]);
        Assert.False((await DiscoverAsync()).RowsExact);
        Assert.Equal([1L], await IdsAsync());
    }

    [Fact]
    public async Task A_commit_that_is_cancelled_says_so()
    {
        await WriteAsync([1L, "eu", Day(0)]);
        IcebergTable table = await _lake.LoadAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await table.CommitAsync(FileChange.Append([]), new CancellationToken(canceled: true)));
        Assert.Single((await _lake.LoadAsync()).Metadata.Snapshots);
    }

    [Theory]
    [InlineData("boolean", "true")]
    [InlineData("bigint", "7")]
    [InlineData("decimal(10,2)", "1.50")]
    [InlineData("date", "2024-02-29")]
    [InlineData("timestamp", "2024-02-29 01:02:03")]
    public async Task A_column_of_texts_takes_what_has_one(string type, string text)
    {
        await WriteAsync([1L, "eu", Day(0)]);
        using RecordBatch texts = LakeFolder.Batch(new Schema(new Field("region", DataType.Utf8)), [[text]]);
        using Column typed = Cast.To(texts[0], TypeName.Parse(type)).Column;
        using var batch = new RecordBatch(new Schema(new Field("region", typed.Type)), 1, [typed.Share()]);
        await _lake.WriteAsync(batch);
        Assert.Contains(await _lake.ReadAsync(), row => row.Contains($"\"{text}\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Types_that_the_table_does_not_take_are_refused()
    {
        await WriteAsync([1L, "eu", Day(0)]);
        var other = new Schema(new Field("id", DataType.Utf8));
        using RecordBatch batch = LakeFolder.Batch(other, [["x"]]);
        Assert.Equal("MR3416", (await Assert.ThrowsAsync<MillraceException>(() => _lake.WriteAsync(batch))).Code.Id);
    }

    [Fact]
    public async Task A_second_run_with_an_older_token_is_fenced_off()
    {
        var context = new ConnectorContext { Job = "one" };
        await using ISink sink = new IcebergConnector().OpenSink(new IcebergTargetOptions { Path = _lake.Path }, context);
        await using ISink rival = new IcebergConnector().OpenSink(new IcebergTargetOptions { Path = _lake.Path }, context);
        await using ISinkWriter writer = await sink.OpenWriterAsync(new SinkRequest { Schema = Columns, RunId = "a", FencingToken = 1 }, default);
        await using ISinkWriter other = await rival.OpenWriterAsync(new SinkRequest { Schema = Columns, RunId = "b", FencingToken = 2 }, default);
        await other.CommitAsync(new Checkpoint { Job = "one", Epoch = 1, CreatedAt = DateTimeOffset.UnixEpoch, FencingToken = 2 }, default);
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(
            async () => await writer.CommitAsync(new Checkpoint { Job = "one", Epoch = 1, CreatedAt = DateTimeOffset.UnixEpoch, FencingToken = 1 }, default));
        Assert.Equal(ProgressErrors.Fenced, e.Code);
    }

    private static long Day(int day) => day * 86_400_000_000L;

    private static Column Build(ColumnBuilder builder)
    {
        using (builder)
        {
            return builder.Build();
        }
    }

    private async Task<StreamDescription> DiscoverAsync()
    {
        await using ISource source = new IcebergConnector().OpenSource(new IcebergSourceOptions { Path = _lake.Path }, new ConnectorContext { Job = "read" });
        return await source.DiscoverAsync(default).FirstAsync();
    }

    private async Task<int> CountAsync(string column, PredicateOperator op, object value)
    {
        using Column constant = ColumnValue.Repeat(Columns[Columns.IndexOf(column)].Type, value, 1);
        return await _lake.CountSplitsAsync(new ColumnPredicate(column, op, constant));
    }

    private async Task<IEnumerable<long>> IdsAsync()
        => (await _lake.ReadAsync()).Select(r => long.Parse(r.Split(':', ',')[1], CultureInfo.InvariantCulture)).Order();

    private async Task WriteAsync(params object?[][] rows)
    {
        using RecordBatch batch = LakeFolder.Batch(Columns, rows);
        await _lake.WriteAsync(batch, options: o => o with { Partition = ["region", "day(ts)"] });
    }
}
