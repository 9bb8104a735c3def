using Millrace.Connectors.Iceberg;
using Millrace.Storage;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>Tables in a bucket, where versions are written under the store's own condition.</summary>
[Trait("speed", "slow")]
public sealed class RemoteTableTests
{
    private static readonly Schema Columns = new(new Field("id", DataType.Int64), new Field("name", DataType.Utf8));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Clouds => [.. CloudPlace.Clouds];

    [Theory]
    [MemberData(nameof(Clouds))]
    public async Task Rows_that_the_sink_writes_into_a_cloud_are_read_from_it(string cloud)
    {
        CloudPlace place = await CloudPlace.NewAsync(cloud);
        string url = place.Url("lake/orders");
        for (int i = 0; i < 2; i++)
        {
            await using ISink sink = new IcebergConnector().OpenSink(new IcebergTargetOptions { Path = url, Partition = ["bucket(2, id)"] }, new ConnectorContext { Job = $"job {i}" });
            await sink.RecoverAsync(Cancellation);
            await using ISinkWriter writer = await sink.OpenWriterAsync(new SinkRequest { Schema = Columns, RunId = "run" }, Cancellation);
            using RecordBatch batch = LakeFolder.Batch(Columns, [[(long)i, "a"], [10L + i, null]]);
            await writer.WriteAsync(batch, Cancellation);
            await writer.CommitAsync(new Checkpoint { Job = $"job {i}", Epoch = 1, CreatedAt = DateTimeOffset.UnixEpoch }, Cancellation);
        }

        await using ISource source = new IcebergConnector().OpenSource(new IcebergSourceOptions { Path = url }, new ConnectorContext { Job = "read" });
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), Cancellation);
        PlanReading.AssertSameRows(
            ["""{"id":0,"name":"a"}""", """{"id":1,"name":"a"}""", """{"id":10,"name":null}""", """{"id":11,"name":null}"""], await PlanReading.ReadAllAsync(plan, Cancellation));
    }

    [Theory]
    [MemberData(nameof(Clouds))]
    public async Task Writers_in_a_cloud_lose_no_commit_and_double_none_when_answers_are_lost(string cloud)
    {
        CloudPlace place = await CloudPlace.NewAsync(cloud);
        string url = place.Url("lake/orders");
        OpenedStore opened = ObjectStores.Open(url);
        await using IObjectStore store = opened.Store;
        var name = new TableIdentifier([], opened.Name);
        var catalog = new StoreCatalog(store, "s3://bucket/lake", TimeProvider.System);
        await catalog.CreateAsync(name, new NewTable(TypeMapping.ToTable(Columns, 2), PartitionSpec.Unpartitioned), Cancellation);
        foreach (string version in new[] { "v3.metadata.json", "v5.metadata.json" })
        {
            await LoseAnswerAsync(cloud, place, version);
        }

        await Task.WhenAll(Enumerable.Range(0, 3).Select(w => Task.Run(async () =>
        {
            IcebergTable table = await IcebergTable.LoadAsync(catalog, name, TimeProvider.System, Cancellation);
            for (int i = 0; i < 4; i++)
            {
                await table.CommitAsync(FileChange.Append([new DataFile { Path = table.Files.PathOf($"data/{w}-{i}"), Rows = 1, Bytes = 1 }]), Cancellation);
            }
        }, Cancellation)));

        IcebergTable end = await IcebergTable.LoadAsync(catalog, name, TimeProvider.System, Cancellation);
        Assert.Equal("12", end.Metadata.CurrentSnapshot!.Summary["total-data-files"]);
        Assert.Equal(12, end.Metadata.AncestorsOf(end.Metadata.CurrentSnapshotId).Count());
    }

    // The emulator of Azure loses no answers.
    private static async Task LoseAnswerAsync(string cloud, CloudPlace place, string version)
    {
        string folder = place.Folder[(place.Folder.IndexOf("://", StringComparison.Ordinal) + 3)..];
        if (cloud == "s3")
        {
            await S3TestServer.Demand().FailAsync($"PUT /{folder}lake/orders/metadata/{version}", "lost");
        }
        else if (cloud == "gcs")
        {
            await GcsServer.FailAsync($"&name={Uri.EscapeDataString($"{folder[(GcsServer.Bucket.Length + 1)..]}lake/orders/metadata/{version}")}", "lost");
        }
    }
}
