using Millrace.Connectors.Files;
using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>A table is made by the first commit, with its first snapshot, or not at all.</summary>
public sealed class FirstCommitTests : IDisposable
{
    private static readonly Schema Columns = new(new Field("id", DataType.Int64), new Field("region", DataType.Utf8));

    private readonly LakeFolder _lake = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task A_run_that_ends_without_a_commit_leaves_nothing_that_the_next_would_find()
    {
        await using (ISink sink = Open("first", o => o with { Partition = ["region"] }))
        {
            await using ISinkWriter writer = await OpenWriterAsync(sink);
            await WriteAsync(writer, 1);
        }

        Assert.Empty(Directory.GetFiles(_lake.Path, "*", SearchOption.AllDirectories));
        using RecordBatch batch = LakeFolder.Batch(Columns, [[2L, "eu"]]);
        await _lake.WriteAsync(batch, options: o => o with { Partition = ["bucket(2, id)"] });
        Assert.Equal("id_bucket", Assert.Single((await _lake.LoadAsync()).Metadata.Spec.Fields).Name);
    }

    [Fact]
    public async Task The_first_version_of_a_table_has_its_first_snapshot()
    {
        using RecordBatch batch = LakeFolder.Batch(Columns, [[1L, "eu"]]);
        await _lake.WriteAsync(batch);
        Assert.Equal(["v1.metadata.json"], Directory.GetFiles(_lake.Path + "/metadata", "*.json").Select(Path.GetFileName));
        Assert.Single((await _lake.LoadAsync()).Metadata.Snapshots);
    }

    [Fact]
    public async Task Two_jobs_that_make_one_table_at_a_time_share_it()
    {
        await using ISink first = Open("first");
        await using ISink second = Open("second");
        await using ISinkWriter one = await OpenWriterAsync(first);
        await using ISinkWriter other = await OpenWriterAsync(second);
        await WriteAsync(one, 1);
        await WriteAsync(other, 2);
        await CommitAsync(one, "first");
        await CommitAsync(other, "second");
        Assert.Equal(2, (await _lake.ReadAsync()).Count);
    }

    [Theory]
    [InlineData("region")]
    [InlineData("type")]
    public async Task A_table_that_another_job_made_otherwise_is_left_to_it(string difference)
    {
        await using ISink late = Open("late", o => o with { Partition = difference == "region" ? ["region"] : null });
        await using ISinkWriter writer = await OpenWriterAsync(late);
        await WriteAsync(writer, 1);
        Schema others = difference == "type" ? new Schema(new Field("region", DataType.Utf8), new Field("id", DataType.Int64)) : Columns;
        using (RecordBatch batch = LakeFolder.Batch(others, [difference == "type" ? ["eu", 2L] : [2L, "eu"]]))
        {
            await _lake.WriteAsync(batch);
        }

        MillraceException e = await Assert.ThrowsAsync<MillraceException>(async () => await CommitAsync(writer, "late"));
        Assert.Equal((IcebergErrors.Conflict, ErrorClass.Retryable), (e.Code, e.Code.Class));
        await writer.AbortAsync(Cancellation);
        Assert.Contains("\"id\":2", Assert.Single(await _lake.ReadAsync()), StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(_lake.Path + "/data", "*.parquet", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("lake/orders", "/orders'")]
    [InlineData("lake", "/orders'")]
    public async Task A_table_is_not_read_as_a_heap_of_files(string folder, string told)
    {
        using RecordBatch batch = LakeFolder.Batch(Columns, [[1L, "eu"]]);
        await _lake.WriteAsync(batch);
        await using ISource source = new FilesConnector().OpenSource(new FilesSourceOptions { Path = [_lake.Folder[folder]] }, new ConnectorContext { Job = "read" });
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(async () => await source.PlanAsync(new ReadRequest(), Cancellation));
        Assert.Equal(FilesErrors.IsTable, e.Code);
        Assert.Contains(told, e.Message, StringComparison.Ordinal);
        Assert.Contains($"iceberg://{_lake.Path}.", e.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_whose_metadata_is_not_to_be_seen_is_not_made_anew()
    {
        using RecordBatch batch = LakeFolder.Batch(Columns, [[1L, "eu"]]);
        await _lake.WriteAsync(batch);
        string file = _lake.Path + "/metadata/v1.metadata.json";
        File.Move(file, file + ".hidden");
        Assert.Equal("MR3401", (await Assert.ThrowsAsync<MillraceException>(() => _lake.WriteAsync(batch))).Code.Id);
        File.Move(file + ".hidden", file);
        Assert.Single(await _lake.ReadAsync());
    }

    private static ValueTask<ISinkWriter> OpenWriterAsync(ISink sink) => sink.OpenWriterAsync(new SinkRequest { Schema = Columns, RunId = "run", FencingToken = 1 }, Cancellation);

    private static async Task WriteAsync(ISinkWriter writer, long id)
    {
        using RecordBatch batch = LakeFolder.Batch(Columns, [[id, "eu"]]);
        await writer.WriteAsync(batch, Cancellation);
    }

    private static async Task CommitAsync(ISinkWriter writer, string job)
        => await writer.CommitAsync(new Checkpoint { Job = job, Epoch = 1, CreatedAt = DateTimeOffset.UnixEpoch, FencingToken = 1 }, Cancellation);

    private ISink Open(string job, Func<IcebergTargetOptions, IcebergTargetOptions>? options = null)
    {
        var target = new IcebergTargetOptions { Path = _lake.Path };
        return new IcebergConnector().OpenSink(options?.Invoke(target) ?? target, new ConnectorContext { Job = job });
    }
}
