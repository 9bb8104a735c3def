using System.Text.Json.Nodes;
using Millrace.Connectors.Iceberg;
using Millrace.Storage;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>What is Glue's own: calls whose answer is lost, refusals, and Amazon's client.</summary>
[Trait("speed", "slow")]
public sealed class GlueCatalogTests : IDisposable
{
    private static readonly TableSchema Columns = new(0,
    [
        new(1, "id", true, IcebergType.Long), new(2, "price", false, IcebergType.Decimal(9, 2)),
        new(3, "tags", false, new IcebergList(new IcebergField(4, "element", false, IcebergType.String))),
    ]);

    private readonly GlueHarness _harness = new();

    private static TableIdentifier Orders { get; } = new(["raw"], "orders");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _harness.Dispose();

    [Theory]
    [InlineData("UpdateTable", "after", "InternalServiceException", 500)]
    [InlineData("UpdateTable", "cut", "", 0)]
    [InlineData("UpdateTable", "before", "InternalServiceException", 500)]
    [InlineData("UpdateTable", "before", "OperationTimeoutException", 400)]
    [InlineData("UpdateTable", "before", "ThrottlingException", 400)]
    [InlineData("CreateTable", "after", "InternalServiceException", 500)]
    [InlineData("CreateTable", "cut", "", 0)]
    [InlineData("GetTable", "before", "ThrottlingException", 400)]
    public async Task A_call_whose_answer_is_lost_is_made_once(string operation, string kind, string code, int status)
    {
        await using ICatalog catalog = _harness.Open();
        await _harness.FailAsync(operation, kind, code, status);
        var table = new IcebergTable(catalog, Orders, await catalog.CreateAsync(Orders, new NewTable(Columns, PartitionSpec.Unpartitioned), Cancellation), TimeProvider.System);
        for (int i = 0; i < 2; i++)
        {
            await _harness.FailAsync(operation, kind, code, status);
            await table.CommitAsync(FileChange.Append([new DataFile { Path = table.Files.PathOf($"data/{i}"), Rows = 1, Bytes = 1 }]), Cancellation);
        }

        TableMetadata now = (await catalog.LoadAsync(Orders, Cancellation))!.Metadata;
        Assert.Equal((2, "2"), (now.Snapshots.Count, now.CurrentSnapshot!.Summary["total-data-files"]));
        Assert.Equal(2, now.MetadataLog.Count);
    }

    [Theory]
    [InlineData("AccessDeniedException", "MR3465")]
    [InlineData("ExpiredTokenException", "MR3464")]
    [InlineData("InvalidInputException", "MR3466")]
    public async Task A_refusal_says_what_is_missing(string code, string expected)
    {
        await using ICatalog catalog = _harness.Open();
        await _harness.FailAsync("GetTable", "before", code, 400);
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(async () => await catalog.LoadAsync(Orders, Cancellation));
        Assert.Equal(expected, e.Code.Id);
        Assert.Contains("GetTable", e.Describe(), StringComparison.Ordinal);
        Assert.DoesNotContain(S3TestServer.Secret, e.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Amazons_client_sees_our_tables_and_what_it_changes_stays()
    {
        JsonNode Ask(string command, string input)
        {
            JsonObject asked = JsonNode.Parse(input)!.AsObject();
            asked["CatalogId"] = _harness.Account;
            return NodeOracle.Ask("glue", new JsonObject { ["endpoint"] = _harness.Address, ["command"] = command, ["input"] = asked });
        }

        Ask("CreateDatabase", $$$"""{"DatabaseInput":{"Name":"raw","LocationUri":"{{{_harness.Root}}}/own"}}""");
        Assert.Equal("AlreadyExistsException", (string?)Ask("CreateDatabase", """{"DatabaseInput":{"Name":"raw"}}""")["error"]);
        Ask("CreateTable", """{"DatabaseName":"raw","TableInput":{"Name":"csv","Parameters":{"classification":"csv"}}}""");
        await using ICatalog catalog = _harness.Open();
        LoadedTable made = await catalog.CreateAsync(Orders, new NewTable(Columns, PartitionSpec.Unpartitioned), Cancellation);
        Assert.Equal($"{_harness.Root}/own/orders", made.Metadata.Location);
        JsonNode table = Ask("GetTable", """{"DatabaseName":"raw","Name":"orders"}""")["Table"]!;
        Assert.Equal(("ICEBERG", made.MetadataFile, "EXTERNAL_TABLE"), ((string?)table["Parameters"]!["table_type"], (string?)table["Parameters"]!["metadata_location"], (string?)table["TableType"]));
        Assert.Equal(["bigint", "decimal(9,2)", "array<string>"], table["StorageDescriptor"]!["Columns"]!.AsArray().Select(c => (string?)c!["Type"]));

        // Another writer has got the same version, and one of the two is too late.
        string version = (string)table["VersionId"]!;
        Ask("UpdateTable", $$$$"""{"DatabaseName":"raw","VersionId":"{{{{version}}}}","TableInput":{"Name":"orders","Description":"theirs","TableType":"EXTERNAL_TABLE","Parameters":{"table_type":"ICEBERG","metadata_location":"{{{{made.MetadataFile}}}}","comment":"kept"}}}""");
        Assert.Equal("ConcurrentModificationException", (string?)Ask("UpdateTable", $$$"""{"DatabaseName":"raw","VersionId":"{{{version}}}","TableInput":{"Name":"orders"}}""")["error"]);
        var ours = new IcebergTable(catalog, Orders, made, TimeProvider.System);
        await ours.CommitAsync(FileChange.Append([new DataFile { Path = ours.Files.PathOf("data/a"), Rows = 1, Bytes = 1 }]), Cancellation);
        JsonNode after = Ask("GetTable", """{"DatabaseName":"raw","Name":"orders"}""")["Table"]!;
        Assert.Equal(("theirs", "kept", made.MetadataFile), ((string?)after["Description"], (string?)after["Parameters"]!["comment"], (string?)after["Parameters"]!["previous_metadata_location"]));

        // What is no Iceberg table is neither listed nor written over.
        Assert.Equal([Orders], await catalog.ListAsync(Cancellation).ToListAsync(Cancellation));
        Assert.Equal("MR3466", (await Assert.ThrowsAsync<MillraceException>(async () => await catalog.LoadAsync(new TableIdentifier(["raw"], "csv"), Cancellation))).Code.Id);
        Assert.Equal("MR3462", (await Assert.ThrowsAsync<MillraceException>(async () => await catalog.LoadAsync(new TableIdentifier(["a", "b"], "c"), Cancellation))).Code.Id);
    }

    [Fact]
    public async Task A_signature_of_another_key_is_refused()
    {
        await using ICatalog catalog = CatalogChoices.Open(
            CatalogHarness.Choose("glue", ("endpoint", _harness.Address), ("region", "eu-central-1"), ("access_key_id", S3TestServer.AccessKey), ("secret_access_key", "wrong")),
            new CatalogContext(new TableStores(new StoreOptions(), s => s, TimeProvider.System), TimeProvider.System));
        Assert.Equal("MR3464", (await Assert.ThrowsAsync<MillraceException>(async () => await catalog.LoadAsync(Orders, Cancellation))).Code.Id);
    }
}
