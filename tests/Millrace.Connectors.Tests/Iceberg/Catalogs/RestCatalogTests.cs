using System.Text.Json.Nodes;
using Millrace.Connectors.Iceberg;
using Millrace.Storage;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>What is the REST protocol's own: lost answers, tokens, credentials that are lent, branches in the address, and other clients.</summary>
[Trait("speed", "slow")]
public sealed class RestCatalogTests : IDisposable
{
    private static readonly TableSchema Columns = new(0, [new(1, "id", true, IcebergType.Long), new(2, "name", false, IcebergType.String)]);
    private static readonly Schema Rows = new(new Field("id", DataType.Int64), new Field("name", DataType.Utf8));

    private readonly List<IDisposable> _harnesses = [];

    private static TableIdentifier Orders { get; } = new(["raw"], "orders");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _harnesses.ForEach(h => h.Dispose());

    [Theory]
    [InlineData("after", 500)]
    [InlineData("after", 502)]
    [InlineData("after", 504)]
    [InlineData("cut", 0)]
    [InlineData("before", 500)]
    [InlineData("before", 503)]
    [InlineData("page", 502)]
    [InlineData("before", 429)]
    public async Task A_commit_whose_answer_is_lost_is_made_once(string kind, int status)
    {
        RestHarness harness = New(null);
        await using ICatalog catalog = harness.Open();
        IcebergTable table = await NewTableAsync(catalog);
        await harness.Server.FailAsync($"POST /v1/{Uri.EscapeDataString(harness.Warehouse)}/namespaces/raw/tables/orders", kind, status, count: 2);
        Snapshot snapshot = await table.CommitAsync(FileChange.Append([FileOf(table, "a")]), Cancellation);
        await table.CommitAsync(FileChange.Append([FileOf(table, "b")]), Cancellation);
        TableMetadata now = (await catalog.LoadAsync(Orders, Cancellation))!.Metadata;
        Assert.Equal([snapshot.Id, table.Metadata.CurrentSnapshotId!.Value], now.Snapshots.Select(s => s.Id));
        Assert.Equal("2", now.CurrentSnapshot!.Summary["total-data-files"]);
    }

    [Fact]
    public async Task A_commit_of_which_nobody_can_tell_keeps_its_files_and_says_so()
    {
        RestHarness harness = New(null, ("retries", 1));
        await using ICatalog catalog = harness.Open();
        IcebergTable table = await NewTableAsync(catalog);
        await harness.Server.FailAsync($"{Uri.EscapeDataString(harness.Warehouse)}/namespaces/raw/tables/orders", "after", 504, count: 100);
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(async () => await table.CommitAsync(FileChange.Append([FileOf(table, "a")]), Cancellation));
        Assert.Equal(("MR3412", ErrorClass.Retryable), (e.Code.Id, e.Code.Class));
        Assert.Contains(harness.Address, e.Message, StringComparison.Ordinal);
        Assert.Equal($"iceberg:{new Uri(harness.Address).Authority}", e.Remote);
        Assert.NotEmpty(Directory.GetFiles(harness.Folder.Path, "snap-*.avro", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_catalog_that_is_down_is_named_with_what_to_do()
    {
        RestHarness harness = New(null);
        await using ICatalog catalog = CatalogChoices.Open(
            CatalogHarness.Choose("rest", ("uri", "http://127.0.0.1:1/catalog/v1/"), ("retries", 0)), new CatalogContext(new TableStores(new StoreOptions(), s => s, TimeProvider.System), TimeProvider.System));
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(async () => await catalog.LoadAsync(Orders, Cancellation));
        Assert.Equal(("MR3463", ErrorClass.Retryable, "iceberg:127.0.0.1:1"), (e.Code.Id, e.Code.Class, e.Remote));
        Assert.Contains("http://127.0.0.1:1/catalog", e.Message, StringComparison.Ordinal);
        Assert.NotEmpty(e.Hint);
        await using ISource source = new IcebergConnector().OpenSource(harness.Source("raw.none"), new ConnectorContext { Job = "j" });
        CheckReport report = await source.CheckAsync(Cancellation);
        Assert.Equal("MR3413", Assert.Single(report.Findings).Error!.Code.Id);
    }

    [Fact]
    public async Task A_warehouse_that_is_not_there_and_an_address_of_something_else_are_told_apart_from_tables()
    {
        RestHarness harness = New(null);
        foreach ((string warehouse, string path, string code) in new[] { ("unknown", "", "MR3466"), (harness.Warehouse, "/-", "MR3467") })
        {
            await using ICatalog catalog = CatalogChoices.Open(
                CatalogHarness.Choose("rest", ("uri", harness.Address + path), ("warehouse", warehouse)), new CatalogContext(new TableStores(new StoreOptions(), s => s, TimeProvider.System), TimeProvider.System));
            MillraceException e = await Assert.ThrowsAsync<MillraceException>(async () => await catalog.LoadAsync(Orders, Cancellation));
            Assert.Equal(code, e.Code.Id);
        }
    }

    [Fact]
    public async Task A_token_is_fetched_and_fetched_again_when_it_ends()
    {
        IcebergRestServer server = IcebergRestServer.DemandOwn();
        RestHarness harness = New(new { token = true }, server, ("credential", IcebergRestServer.Credential));
        await using ICatalog catalog = harness.Open();
        IcebergTable table = await NewTableAsync(catalog);
        await server.ExpireTokensAsync();
        await table.CommitAsync(FileChange.Append([FileOf(table, "a")]), Cancellation);
        Assert.Equal(2, (await server.LogAsync()).Count(l => l.EndsWith("/oauth/tokens", StringComparison.Ordinal)));

        // One that was given is exchanged, where there is a server for that.
        await using ICatalog given = New(new { token = true }, server, ("token", "old"), ("oauth2_server_uri", server.Address + "/auth/v1/oauth/tokens")).Open();
        Assert.Null(await given.LoadAsync(Orders, Cancellation));
    }

    [Fact]
    public async Task Secrets_that_are_refused_are_not_told()
    {
        RestHarness harness = New(new { token = true });
        foreach ((string name, string value) in new[] { ("token", "s3cret-token"), ("credential", "loader:s3cret-word") })
        {
            await using ICatalog catalog = CatalogChoices.Open(
                CatalogHarness.Choose("rest", ("uri", harness.Address), ("warehouse", harness.Warehouse), (name, value)), new CatalogContext(new TableStores(new StoreOptions(), s => s, TimeProvider.System), TimeProvider.System));
            MillraceException e = await Assert.ThrowsAsync<MillraceException>(async () => await catalog.LoadAsync(Orders, Cancellation));
            Assert.Equal("MR3464", e.Code.Id);
            Assert.DoesNotContain("s3cret", e.Describe(), StringComparison.Ordinal);
        }

        await harness.Server.SetAsync(harness.Warehouse, new { token = false, denied = true });
        await using ICatalog denied = harness.Open();
        Assert.Equal("MR3465", (await Assert.ThrowsAsync<MillraceException>(async () => await denied.LoadAsync(Orders, Cancellation))).Code.Id);
    }

    [Fact]
    public async Task Credentials_that_the_catalog_lends_are_used_and_renewed_in_the_middle_of_a_file()
    {
        S3TestServer s3 = S3TestServer.DemandOwn();
        string bucket = await s3.NewBucketAsync();
        await s3.SetKeyAsync("lent-1", "one", "token-1");
        object Lend(int number, DateTimeOffset end) => new Dictionary<string, object>
        {
            ["config"] = new Dictionary<string, string> { ["s3.endpoint"] = s3.Endpoint, ["client.region"] = "us-east-1", ["s3.path-style-access"] = "true" },
            ["credentials"] = new[]
            {
                Credential($"s3://{bucket}/lake/", number, end),
                Credential("s3://other", 9, end),
            },
        };
        RestHarness harness = New(Lend(1, DateTimeOffset.UtcNow.AddMilliseconds(-1)), null, $"s3://{bucket}/lake");
        IcebergTargetOptions target = harness.Target("raw.orders") with { S3 = new S3Options { PartSize = ByteSize.MiB(5), Retries = 0 } };
        await using (ISink sink = new IcebergConnector().OpenSink(target, new ConnectorContext { Job = "job" }))
        {
            await sink.RecoverAsync(Cancellation);
            await using ISinkWriter writer = await sink.OpenWriterAsync(new SinkRequest { Schema = Rows, RunId = "run" }, Cancellation);
            var random = new Random(5);
            string Noise() => Convert.ToBase64String(Enumerable.Range(0, 3000).Select(_ => (byte)random.Next(256)).ToArray());
            for (int part = 0; part < 6; part++)
            {
                using RecordBatch batch = LakeFolder.Batch(Rows, [.. Enumerable.Range(0, 600).Select(i => new object?[] { (part * 600L) + i, Noise() })]);
                await writer.WriteAsync(batch, Cancellation);
                if (part == 3)
                {
                    // The first key ends while the file is on its way, and another takes its place.
                    await s3.SetKeyAsync("lent-2", "two", "token-2");
                    await harness.Server.SetAsync(harness.Warehouse, Lend(2, DateTimeOffset.UtcNow.AddHours(1)));
                    await s3.SetKeyAsync("lent-1", "one", "token-1", expired: true);
                }
            }

            await writer.CommitAsync(new Checkpoint { Job = "job", Epoch = 1, CreatedAt = DateTimeOffset.UnixEpoch }, Cancellation);
        }

        Assert.Equal(3600, (await harness.ReadAsync("raw.orders", Cancellation)).Count);
        Assert.Contains(await harness.Server.LogAsync(), l => l.Contains(Uri.EscapeDataString(harness.Warehouse), StringComparison.Ordinal) && l.EndsWith("snapshots=refs", StringComparison.Ordinal));

        // What the user gives wins.
        var mine = new S3Options { AccessKeyId = "nobody", SecretAccessKey = "x", Retries = 0 };
        await using ISource own = new IcebergConnector().OpenSource(harness.Source("raw.orders") with { S3 = mine }, new ConnectorContext { Job = "other" });
        await using IReadPlan plan = await own.PlanAsync(new ReadRequest(), Cancellation);
        Assert.Equal("MR3015", (await Assert.ThrowsAsync<MillraceException>(async () => await PlanReading.ReadAllAsync(plan, Cancellation))).Code.Id);
    }

    [Theory]
    [InlineData("gcs")]
    [InlineData("azure")]
    public async Task Credentials_of_other_clouds_are_used_and_asked_for_again(string cloud)
    {
        NodeServer google = NodeServer.Demand("gcs.mjs", "1000", "lake");
        string root = cloud == "gcs" ? "gs://lake/lake" : $"abfss://{AzuriteServer.Container}@{AzuriteServer.Account}.dfs.core.windows.net/{AzuriteServer.NewFolder()}lake";
        using var http = new HttpClient();
        async Task AcceptAsync(string token)
        {
            using var content = new StringContent($"[\"{token}\"]");
            (await http.PostAsync(new Uri($"{google.Address}/-/tokens"), content, Cancellation)).EnsureSuccessStatusCode();
        }

        // Azure's are for accounts, of which the table's is not the first.
        object Lend(int number, DateTimeOffset end, string rights = "rwdlac")
        {
            string until = end.ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
            const string account = AzuriteServer.Account + ".dfs.core.windows.net";
            Dictionary<string, string> config = cloud == "gcs"
                ? new() { ["gcs.oauth2.token"] = $"lent-{number}", ["gcs.oauth2.token-expires-at"] = until, ["gcs.service.host"] = google.Address }
                : new() { ["adls.sas-token.another.dfs.core.windows.net"] = "sv=none", [$"adls.sas-token.{account}"] = AzuriteServer.Sas(rights, DateTimeOffset.UtcNow.AddHours(1)), [$"adls.sas-token-expires-at-ms.{account}"] = until };
            return new { credentials = new[] { new { prefix = root, config } } };
        }

        RestHarness harness = New(Lend(1, DateTimeOffset.UtcNow.AddMilliseconds(-1)), null, root);
        await AcceptAsync("lent-1");
        IcebergTargetOptions target = harness.Target("raw.orders") with
        {
            Gcs = new GcsOptions { PartSize = ByteSize.MiB(1), Retries = 0 },
            Azure = cloud == "gcs" ? null : new AzureOptions { Endpoint = AzuriteServer.Demand().Endpoint, AccountName = AzuriteServer.Account, PartSize = ByteSize.MiB(1), Retries = 0 },
        };
        await WriteAsync(1, async () =>
        {
            await harness.Server.SetAsync(harness.Warehouse, Lend(2, DateTimeOffset.UtcNow.AddHours(1)));
            await AcceptAsync("lent-2");
        });
        Assert.Contains(await harness.Server.LogAsync(), l => l.Contains(Uri.EscapeDataString(harness.Warehouse), StringComparison.Ordinal) && l.EndsWith("snapshots=refs", StringComparison.Ordinal));
        await using (ISource source = new IcebergConnector().OpenSource(harness.Source("raw.orders") with { Gcs = target.Gcs, Azure = target.Azure }, new ConnectorContext { Job = "read" }))
        {
            await using IReadPlan plan = await source.PlanAsync(new ReadRequest { Columns = [new RequestedColumn("id")] }, Cancellation);
            Assert.Equal(800, (await PlanReading.ReadAllAsync(plan, Cancellation)).Count);
        }

        // Those that do not suffice are told as such, and nothing is committed.
        await harness.Server.SetAsync(harness.Warehouse, Lend(3, DateTimeOffset.UtcNow.AddHours(1), rights: "r"));
        MillraceException refused = await Assert.ThrowsAsync<MillraceException>(() => WriteAsync(2, () => Task.CompletedTask));
        Assert.Equal(cloud == "gcs" ? StorageErrors.BadCredentials : StorageErrors.Forbidden, refused.Code);
        await using ICatalog catalog = harness.Open();
        Assert.Single((await catalog.LoadAsync(Orders, Cancellation))!.Metadata.Snapshots);

        async Task WriteAsync(int epoch, Func<Task> between)
        {
            await using ISink sink = new IcebergConnector().OpenSink(target, new ConnectorContext { Job = $"job {epoch}" });
            await sink.RecoverAsync(Cancellation);
            await using ISinkWriter writer = await sink.OpenWriterAsync(new SinkRequest { Schema = Rows, RunId = "run" }, Cancellation);
            var random = new Random(5);
            for (int part = 0; part < 4; part++)
            {
                using RecordBatch batch = LakeFolder.Batch(Rows, [.. Enumerable.Range(0, 200).Select(i => new object?[] { (part * 200L) + i, Convert.ToBase64String(Enumerable.Range(0, 6000).Select(_ => (byte)random.Next(256)).ToArray()) })]);
                await writer.WriteAsync(batch, Cancellation);
                if (part == 2)
                {
                    await between();
                }
            }

            await writer.CommitAsync(new Checkpoint { Job = $"job {epoch}", Epoch = 1, CreatedAt = DateTimeOffset.UnixEpoch }, Cancellation);
        }
    }

    [Fact]
    public async Task A_branch_of_nessie_stands_in_the_address_and_is_apart_from_others()
    {
        RestHarness main = New(new { }, null, null, "/iceberg/main");
        await using ICatalog catalog = main.Open();
        IcebergTable table = await NewTableAsync(catalog);
        await table.CommitAsync(FileChange.Append([FileOf(table, "a")]), Cancellation);
        await using ICatalog branch = CatalogChoices.Open(
            CatalogHarness.Choose("rest", ("uri", main.Server.Address + "/iceberg/dev"), ("warehouse", main.Warehouse)), new CatalogContext(new TableStores(new StoreOptions(), s => s, TimeProvider.System), TimeProvider.System));
        IcebergTable dev = await IcebergTable.LoadAsync(branch, Orders, TimeProvider.System, Cancellation);
        await dev.CommitAsync(FileChange.Append([FileOf(dev, "b")]), Cancellation);
        Assert.Equal("2", (await branch.LoadAsync(Orders, Cancellation))!.Metadata.CurrentSnapshot!.Summary["total-data-files"]);
        Assert.Equal("1", (await catalog.LoadAsync(Orders, Cancellation))!.Metadata.CurrentSnapshot!.Summary["total-data-files"]);
    }

    [Fact]
    public async Task Other_clients_see_our_tables_and_we_write_theirs()
    {
        RestHarness harness = New(null);
        JsonNode? Ask(string method, params JsonNode?[] args) => NodeOracle.Ask(
            "iceberg-rest", new JsonObject { ["url"] = harness.Address, ["warehouse"] = harness.Warehouse, ["method"] = method, ["args"] = new JsonArray(args) });
        Ask("createNamespace", JsonNode.Parse("""{"namespace":["theirs"]}"""));
        Ask("createTable", JsonNode.Parse("""{"namespace":["theirs"]}"""), JsonNode.Parse(
            """
            {"name":"events","schema":{"type":"struct","schema-id":0,"fields":[{"id":1,"name":"id","type":"long","required":true},{"id":2,"name":"name","type":"string","required":false}]},
             "partition-spec":{"spec-id":0,"fields":[{"source-id":1,"field-id":1000,"name":"id_bucket","transform":"bucket[2]"}]},"write-order":{"order-id":0,"fields":[]},"properties":{"write.format.default":"parquet"}}
            """));
        foreach (string table in new[] { "theirs.events", "ours.events" })
        {
            await using ISink sink = new IcebergConnector().OpenSink(harness.Target(table), new ConnectorContext { Job = "job" });
            await using ISinkWriter writer = await sink.OpenWriterAsync(new SinkRequest { Schema = Rows, RunId = "run" }, Cancellation);
            using RecordBatch batch = LakeFolder.Batch(Rows, [[1L, "a"], [2L, "b"], [3L, null]]);
            await writer.WriteAsync(batch, Cancellation);
            await writer.CommitAsync(new Checkpoint { Job = "job", Epoch = 1, CreatedAt = DateTimeOffset.UnixEpoch }, Cancellation);
        }

        Assert.Equal("""[{"namespace":["theirs"]},{"namespace":["ours"]}]""", Ask("listNamespaces")!["namespaces"]!.ToJsonString());
        JsonNode ours = Ask("loadTable", JsonNode.Parse("""{"namespace":["ours"],"name":"events"}"""))!;
        Assert.Equal(("struct", "3"), ((string?)ours["schemas"]![0]!["type"], (string?)ours["snapshots"]![0]!["summary"]!["total-records"]));
        Assert.Equal(3, (await harness.ReadAsync("theirs.events", Cancellation)).Count);
        foreach (string space in new[] { "theirs", "ours" })
        {
            JsonNode loaded = Ask("loadTableResult", JsonNode.Parse($$"""{"namespace":["{{space}}"],"name":"events"}"""))!;
            string folder = ((string)loaded["metadata"]!["location"]!)["file://".Length..];
            JsonNode read = NodeOracle.Ask("icebird-read", new JsonObject { ["table"] = folder, ["file"] = Path.GetFileName((string)loaded["metadata-location"]!) });
            Assert.Equal(["1|a", "2|b", "3|"], read.AsArray().Select(r => $"{r!["id"]}|{r["name"]}").Order(StringComparer.Ordinal));
        }

        Ask("dropTable", JsonNode.Parse("""{"namespace":["ours"],"name":"events"}"""));
        await using ICatalog catalog = harness.Open();
        Assert.Equal([new TableIdentifier(["theirs"], "events")], await catalog.ListAsync(Cancellation).ToListAsync(Cancellation));
    }

    private static Dictionary<string, object> Credential(string prefix, int number, DateTimeOffset end) => new()
    {
        ["prefix"] = prefix,
        ["config"] = new Dictionary<string, string>
        {
            ["s3.access-key-id"] = $"lent-{number}",
            ["s3.secret-access-key"] = number == 1 ? "one" : "two",
            ["s3.session-token"] = $"token-{number}",
            ["s3.session-token-expires-at-ms"] = end.ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture),
        },
    };

    private RestHarness New(object? settings, params (string Name, object Value)[] options) => New(settings, null, null, "", options);

    private RestHarness New(object? settings, IcebergRestServer server, params (string Name, object Value)[] options) => New(settings, server, null, "", options);

    private RestHarness New(object? settings, IcebergRestServer? server, string? root, string path = "", params (string Name, object Value)[] options)
    {
        var harness = new RestHarness(settings ?? new { }, server, path, root, options);
        _harnesses.Add(harness);
        return harness;
    }

    private static async Task<IcebergTable> NewTableAsync(ICatalog catalog)
        => new(catalog, Orders, await catalog.CreateAsync(Orders, new NewTable(Columns, PartitionSpec.Unpartitioned), Cancellation), TimeProvider.System);

    private static DataFile FileOf(IcebergTable table, string name) => new() { Path = table.Files.PathOf($"data/{name}"), Rows = 1, Bytes = 100 };
}
