using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>Stores that throttle, forget to answer, show old files or change their keys: no row is lost or doubled, and what is wrong is told.</summary>
[Specification("Commit Conflict Resolution and Retry")]
public sealed class BadDaysTests : IDisposable
{
    private static readonly Schema Columns = new(new Field("id", DataType.Int64));

    private readonly LakeFolder _lake = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _lake.Dispose();

    [Fact]
    [Trait("speed", "slow")]
    public async Task A_store_that_throttles_uploads_and_commits_and_loses_answers_has_every_row_once()
    {
        S3TestServer server = S3TestServer.DemandOwn();
        string url = server.Url(await server.NewBucketAsync(), "lake/orders");
        await server.FailAsync("lake/orders/data/", "error", 2, 503, "SlowDown");
        await server.FailAsync("-m0.avro", "error", 1, 503, "SlowDown");
        await server.FailAsync("v1.metadata.json", "error", 1, 503, "SlowDown");
        await server.FailAsync("v2.metadata.json", "lost");
        await WriteAsync(url, "first", 1);
        await WriteAsync(url, "second", 2);
        Assert.Equal(["""{"id":1}""", """{"id":2}"""], (await ReadAsync(url)).Order(StringComparer.Ordinal));
    }

    [Fact]
    [Trait("speed", "slow")]
    public async Task Keys_that_expire_during_a_run_end_it_and_the_next_run_goes_on()
    {
        S3TestServer server = S3TestServer.DemandOwn();
        string url = server.Url(await server.NewBucketAsync(), "lake/orders");
        await WriteAsync(url, "first", 1);
        await using (ISink sink = Open(url, "second"))
        {
            await using ISinkWriter writer = await OpenWriterAsync(sink);
            await AddAsync(writer, 2);
            await server.SetKeyAsync(S3TestServer.AccessKey, S3TestServer.Secret, expired: true);
            MillraceException e = await Assert.ThrowsAsync<MillraceException>(async () => await CommitAsync(writer, "second"));
            Assert.NotEmpty(e.Hint);
            await server.SetKeyAsync(S3TestServer.AccessKey, S3TestServer.Secret);
        }

        Assert.Single(await ReadAsync(url));
        await WriteAsync(url, "second", 2);
        Assert.Equal(["""{"id":1}""", """{"id":2}"""], (await ReadAsync(url)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_table_whose_metadata_is_not_to_be_seen_is_not_made_anew()
    {
        await AppendAsync(1);
        string file = _lake.Path + "/metadata/v1.metadata.json";
        File.Move(file, file + ".hidden");
        Assert.Equal("MR3401", (await Assert.ThrowsAsync<MillraceException>(() => AppendAsync(2))).Code.Id);
        File.Move(file + ".hidden", file);
        Assert.Single(await _lake.ReadAsync());
    }

    [Theory]
    [InlineData("\"transform\":\"identity\"", "\"transform\":\"zorder\"", "MR3403")]
    [InlineData("\"format-version\":2", "\"format-version\":4", "MR3403")]
    [InlineData("\"properties\":{", "\"properties\":{\"write.parquet.compression-codec\":\"lzo\",", "MR3431")]
    [Specification("Partition Transforms")]
    public async Task What_cannot_be_written_is_refused_before_anything_is(string found, string replacement, string code)
    {
        await AppendAsync(1, o => o with { Partition = ["id"] });
        string file = _lake.Path + "/metadata/v1.metadata.json";
        string text = await File.ReadAllTextAsync(file, Cancellation);
        Assert.Contains(found, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, text.Replace(found, replacement, StringComparison.Ordinal), Cancellation);
        string[] before = Directory.GetFiles(_lake.Path, "*", SearchOption.AllDirectories);
        Assert.Equal(code, (await Assert.ThrowsAsync<MillraceException>(() => AppendAsync(2))).Code.Id);
        Assert.Equal(before, Directory.GetFiles(_lake.Path, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("*-m0.avro")]
    [InlineData("snap-*.avro")]
    [Specification("Manifests")]
    [Specification("Manifest Lists")]
    public async Task A_manifest_that_is_cut_off_is_told_and_nothing_is_committed(string pattern)
    {
        await AppendAsync(1);
        string file = Directory.GetFiles(_lake.Path + "/metadata", pattern).Single();
        byte[] bytes = await File.ReadAllBytesAsync(file, Cancellation);
        foreach (int length in new[] { 0, 3, bytes.Length / 2 })
        {
            await File.WriteAllBytesAsync(file, bytes[..length], Cancellation);
            MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => _lake.ReadAsync());
            Assert.Contains(Path.GetFileName(file), e.Place?.File ?? e.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<MillraceException>(() => AppendAsync(2, mode: WriteMode.Overwrite));
        }

        await File.WriteAllBytesAsync(file, bytes, Cancellation);
        Assert.Equal("""{"id":1}""", Assert.Single(await _lake.ReadAsync()));
    }

    private async Task AppendAsync(long id, Func<IcebergTargetOptions, IcebergTargetOptions>? options = null, WriteMode mode = WriteMode.Append)
    {
        using RecordBatch batch = LakeFolder.Batch(Columns, [[id]]);
        await _lake.WriteAsync(batch, mode, options);
    }

    private static ISink Open(string url, string job) => new IcebergConnector().OpenSink(new IcebergTargetOptions { Path = url }, new ConnectorContext { Job = job });

    private static ValueTask<ISinkWriter> OpenWriterAsync(ISink sink) => sink.OpenWriterAsync(new SinkRequest { Schema = Columns, RunId = "run", FencingToken = 1 }, Cancellation);

    private static async Task AddAsync(ISinkWriter writer, long id)
    {
        using RecordBatch batch = LakeFolder.Batch(Columns, [[id]]);
        await writer.WriteAsync(batch, Cancellation);
    }

    private static async Task CommitAsync(ISinkWriter writer, string job)
        => await writer.CommitAsync(new Checkpoint { Job = job, Epoch = 1, CreatedAt = DateTimeOffset.UnixEpoch, FencingToken = 1 }, Cancellation);

    private static async Task WriteAsync(string url, string job, long id)
    {
        await using ISink sink = Open(url, job);
        await sink.RecoverAsync(Cancellation);
        await using ISinkWriter writer = await OpenWriterAsync(sink);
        await AddAsync(writer, id);
        await CommitAsync(writer, job);
    }

    private static async Task<IReadOnlyList<string>> ReadAsync(string url)
    {
        await using ISource source = new IcebergConnector().OpenSource(new IcebergSourceOptions { Path = url }, new ConnectorContext { Job = "read" });
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), Cancellation);
        return await PlanReading.ReadAllAsync(plan, Cancellation);
    }
}
