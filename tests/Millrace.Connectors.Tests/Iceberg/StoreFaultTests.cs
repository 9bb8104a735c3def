using Millrace.Connectors.Iceberg;
using Millrace.Storage;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>Stores on a bad day: they list late, have no time, break uploads off, and take credentials back. No table is damaged, no commit lost.</summary>
[Trait("speed", "slow")]
[Specification("Commit Conflict Resolution and Retry")]
public sealed class StoreFaultTests
{
    private static readonly Schema Rows = new(new Field("id", DataType.Int64), new Field("name", DataType.Utf8));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_that_was_not_shown_its_jobs_last_commit_begins_again()
    {
        using var lake = new LakeFolder();
        await using ISink late = new IcebergConnector().OpenSink(new IcebergTargetOptions { Path = lake.Path }, new ConnectorContext { Job = "job" });
        Assert.Null(await late.RecoverAsync(Cancellation));
        Assert.True(await WriteAsync(lake.Path, 1));
        var request = new SinkRequest { Schema = Rows, RunId = "late" };
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(async () => await late.OpenWriterAsync(request, Cancellation));
        Assert.Equal((IcebergErrors.Conflict.Id, ErrorClass.Retryable), (error.Code.Id, error.Code.Class));

        // What it recovers and commits itself it knows, also when it writes with another writer.
        Assert.Equal(1, (await late.RecoverAsync(Cancellation))!.Epoch);
        for (int epoch = 2; epoch <= 3; epoch++)
        {
            await using ISinkWriter writer = await late.OpenWriterAsync(request, Cancellation);
            using RecordBatch batch = LakeFolder.Batch(Rows, [[epoch * 2L, "a"]]);
            await writer.WriteAsync(batch, Cancellation);
            await writer.CommitAsync(new Checkpoint { Job = "job", Epoch = epoch, CreatedAt = DateTimeOffset.UnixEpoch }, Cancellation);
        }

        Assert.Equal([2, 3, 4, 6], await lake.IdsAsync());
    }

    [Fact]
    public async Task Writers_side_by_side_and_those_who_clean_up_lose_nothing_where_listings_come_late()
    {
        using var lake = new LakeFolder();
        var late = new LateStore.Listings(3);
        using (RecordBatch first = LakeFolder.Batch(Rows, [[-1L, null]]))
        {
            await lake.WriteAsync(first);
        }

        IcebergTable Table(LoadedTable loaded, ICatalog catalog) => new(catalog, TableIdentifier.OfPath("orders"), loaded, TimeProvider.System);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(w => Task.Run(async () =>
        {
            await using var store = new LateStore(new LocalStore(lake.Folder["lake"]), late);
            var catalog = new StoreCatalog(store, lake.Folder["lake"], TimeProvider.System);
            IcebergTable table = Table((await catalog.LoadAsync(TableIdentifier.OfPath("orders"), Cancellation))!, catalog);
            for (int i = 0; i < 6; i++)
            {
                await table.CommitAsync(FileChange.Append([new DataFile { Path = table.Files.PathOf($"data/{w}-{i}"), Rows = 1, Bytes = 1 }]), Cancellation);
            }
        }, Cancellation)).Append(Task.Run(async () =>
        {
            for (int i = 0; i < 4; i++)
            {
                await using TableMaintenance open = lake.Open(s => new LateStore(s, late));
                await open.ExpireAsync(new ExpiryOptions { OlderThan = DateTimeOffset.MaxValue, RetainLast = 3 }, Cancellation);
                await open.RemoveOrphansAsync(new OrphanOptions(), Cancellation);
                await open.RewriteManifestsAsync(new ManifestOptions(), Cancellation);
            }
        }, Cancellation)));
        TableMetadata end = (await lake.LoadAsync()).Metadata;
        Assert.Equal("19", end.CurrentSnapshot!.Summary["total-data-files"]);
        List<ManifestEntry> files = await lake.FilesAsync();
        Assert.Equal(19, files.Select(f => f.File.Path).Distinct().Count());
    }

    [Theory]
    [InlineData("s3")]
    [InlineData("gcs")]
    public async Task Epochs_go_on_until_they_are_written_once_while_the_store_has_no_time_and_loses_answers(string cloud)
    {
        CloudPlace place = await CloudPlace.NewAsync(cloud);
        string url = place.Url("lake/orders") + "&retries=1";
        int failed = 0;

        // Each kind of object that a commit writes or reads is hit in turn, more often than the client asks again.
        string[] objects = ["data/", "-m0.avro", "snap-", "v1.metadata", "v3.metadata", "v4.metadata", "version-hint"];
        for (int epoch = 1; epoch <= objects.Length; epoch++)
        {
            string match = objects[epoch - 1];
            await FailAsync(cloud, place, match, "error", 3);
            await FailAsync(cloud, place, match, "lost", 1);
            for (int attempt = 1; !await WriteAsync(url, epoch); attempt++)
            {
                failed++;
                Assert.True(attempt < 12, $"{match}: {attempt} attempts");
            }
        }

        await using ISource source = new IcebergConnector().OpenSource(new IcebergSourceOptions { Path = place.Url("lake/orders") }, new ConnectorContext { Job = "read" });
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), Cancellation);
        PlanReading.AssertSameRows(Enumerable.Range(1, objects.Length).SelectMany(e => new[] { $"{{\"id\":{e * 2},\"name\":\"a\"}}", $"{{\"id\":{(e * 2) + 1},\"name\":null}}" }), await PlanReading.ReadAllAsync(plan, Cancellation));
        Assert.True(failed > 3, $"{failed} attempts failed");
    }

    [Fact]
    public async Task Keys_that_end_before_the_commit_end_the_run_and_the_next_one_writes_its_rows_once()
    {
        S3TestServer server = S3TestServer.DemandOwn();
        string bucket = await server.NewBucketAsync();
        string url = $"s3://{bucket}/lake/orders?endpoint={server.Endpoint}&access_key_id=SHORT&secret_access_key=short&session_token=token&retries=0&part_size=5MiB";
        await server.SetKeyAsync("SHORT", "short", "token");
        Assert.True(await WriteAsync(url, 1));
        foreach (string match in new[] { "data/", "-m0.avro", "v3.metadata", "version-hint" })
        {
            await server.FailAsync($"PUT /{bucket}/lake/orders/{(match == "data/" ? match : "metadata/")}", "error", status: 400, code: "ExpiredToken");
            MillraceException? error = await Record.ExceptionAsync(() => WriteAsync(url, 2)) as MillraceException;
            Assert.True(error?.Code == StorageErrors.CredentialsExpired || error?.InnerException is MillraceException { Code.Id: "MR3015" or "MR3016" }, error?.ToString() ?? "no error");
        }

        Assert.True(await WriteAsync(url, 2));
        await using ISource source = new IcebergConnector().OpenSource(new IcebergSourceOptions { Path = url }, new ConnectorContext { Job = "read" });
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), Cancellation);
        Assert.Equal(4, (await PlanReading.ReadAllAsync(plan, Cancellation)).Count);
        Assert.Empty(await server.UploadsAsync());
    }

    // One attempt of an epoch, as the runtime makes it: what the table says of the job decides; false for a failure that may pass.
    private static async Task<bool> WriteAsync(string url, int epoch)
    {
        try
        {
            await using ISink sink = new IcebergConnector().OpenSink(new IcebergTargetOptions { Path = url }, new ConnectorContext { Job = "job" });
            Checkpoint? last = await sink.RecoverAsync(Cancellation);
            if (last?.Epoch >= epoch)
            {
                return true;
            }

            await using ISinkWriter writer = await sink.OpenWriterAsync(new SinkRequest { Schema = Rows, RunId = "run", Resumes = last is not null }, Cancellation);
            using RecordBatch batch = LakeFolder.Batch(Rows, [[epoch * 2L, "a"], [(epoch * 2L) + 1, null]]);
            await writer.WriteAsync(batch, Cancellation);
            await writer.CommitAsync(new Checkpoint { Job = "job", Epoch = epoch, CreatedAt = DateTimeOffset.UnixEpoch }, Cancellation);
            return true;
        }
        catch (MillraceException e) when (e.Code.Class == ErrorClass.Retryable)
        {
            return false;
        }
    }

    private static Task FailAsync(string cloud, CloudPlace place, string match, string kind, int count)
    {
        string folder = place.Folder[(place.Folder.IndexOf("://", StringComparison.Ordinal) + 3)..];
        return cloud == "s3"
            ? S3TestServer.Demand().FailAsync(match, kind, count, 503, "SlowDown", also: $"/{folder}lake/orders")
            : GcsServer.FailAsync(Uri.EscapeDataString(match), kind, count, kind == "error" ? 429 : 0, also: Uri.EscapeDataString($"{folder[(GcsServer.Bucket.Length + 1)..]}lake/orders"));
    }
}
