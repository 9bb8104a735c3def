using Millrace.Connectors.Iceberg;
using Millrace.Storage;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>What is the database's own: the layout that other engines share, and a server that goes away.</summary>
[Trait("speed", "slow")]
public sealed class SqlCatalogTests : IDisposable
{
    private static readonly TableSchema Columns = new(0, [new(1, "id", true, IcebergType.Long)]);

    private readonly SqlHarness _harness = new();

    private static TableIdentifier Orders { get; } = new(["raw", "shop"], "orders");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task The_tables_are_those_of_other_engines()
    {
        await using ICatalog catalog = _harness.Open();
        IcebergTable table = await NewTableAsync(catalog);
        string first = table.MetadataFile;
        await table.CommitAsync(FileChange.Append([FileOf(table, "a")]), Cancellation);
        Assert.Equal(
            $"lake|raw.shop|orders|{table.MetadataFile}|{first}|TABLE",
            _harness.Sql("SELECT catalog_name, table_namespace, table_name, metadata_location, previous_metadata_location, iceberg_type FROM iceberg_tables"));
        Assert.Equal("lake|raw|exists|true\nlake|raw.shop|exists|true", _harness.Sql("SELECT * FROM iceberg_namespace_properties ORDER BY namespace"));

        // A view of another engine, and a table of another catalog, are none of ours.
        _harness.Sql("INSERT INTO iceberg_tables VALUES ('lake', 'raw', 'a_view', 'x', NULL, 'VIEW'), ('other', 'raw', 'b', 'x', NULL, 'TABLE')");
        Assert.Equal([Orders], await catalog.ListAsync(Cancellation).ToListAsync(Cancellation));
        Assert.Null(await catalog.LoadAsync(new TableIdentifier(["raw"], "a_view"), Cancellation));
        Assert.Null(await catalog.LoadAsync(new TableIdentifier(["raw"], "b"), Cancellation));
    }

    [Fact]
    public async Task A_database_of_the_first_schema_version_is_used_as_it_is()
    {
        _harness.Sql(
            "CREATE TABLE iceberg_tables (catalog_name VARCHAR(255) NOT NULL, table_namespace VARCHAR(255) NOT NULL, table_name VARCHAR(255) NOT NULL, metadata_location VARCHAR(1000), previous_metadata_location VARCHAR(1000), PRIMARY KEY (catalog_name, table_namespace, table_name));"
            + "CREATE TABLE iceberg_namespace_properties (catalog_name VARCHAR(255) NOT NULL, namespace VARCHAR(255) NOT NULL, property_key VARCHAR(255), property_value VARCHAR(1000), PRIMARY KEY (catalog_name, namespace, property_key))");
        await using ICatalog catalog = _harness.Open();
        IcebergTable table = await NewTableAsync(catalog);
        await table.CommitAsync(FileChange.Append([FileOf(table, "a")]), Cancellation);
        Assert.Equal([Orders], await catalog.ListAsync(Cancellation).ToListAsync(Cancellation));
        Assert.True(await catalog.DropAsync(Orders, Cancellation));
    }

    [Fact]
    public async Task A_commit_goes_through_a_server_that_ends_its_connections()
    {
        await using ICatalog catalog = _harness.Open();
        IcebergTable table = await NewTableAsync(catalog);
        for (int i = 0; i < 4; i++)
        {
            _harness.Sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'millrace iceberg' AND datname = current_database()");
            await table.CommitAsync(FileChange.Append([FileOf(table, $"{i}")]), Cancellation);
        }

        Assert.Equal("4", (await catalog.LoadAsync(Orders, Cancellation))!.Metadata.CurrentSnapshot!.Summary["total-data-files"]);
    }

    [Fact]
    public async Task Faults_of_the_database_are_those_of_a_catalog()
    {
        var context = new CatalogContext(new TableStores(new StoreOptions(), s => s, TimeProvider.System), TimeProvider.System);
        foreach ((string uri, string code) in new[] { ("postgres://u:s3cret@127.0.0.1:1/x", "MR3463"), ("mysql://host/x", "MR3461") })
        {
            MillraceException e = await Assert.ThrowsAsync<MillraceException>(async () =>
            {
                await using ICatalog catalog = CatalogChoices.Open(CatalogHarness.Choose("sql", ("uri", uri)), context);
                await catalog.LoadAsync(Orders, Cancellation);
            });
            Assert.Equal(code, e.Code.Id);
            Assert.DoesNotContain("s3cret", e.Describe(), StringComparison.Ordinal);
        }

        // An empty database is a catalog without tables; a table cannot be made where nobody says where.
        await using ICatalog bare = CatalogChoices.Open(CatalogHarness.Choose("sql", ("uri", ((OptionScalar)_harness.Choice.Raw["uri"]!).Text)), context);
        Assert.Null(await bare.LoadAsync(Orders, Cancellation));
        Assert.Equal("MR3461", (await Assert.ThrowsAsync<MillraceException>(async () => await bare.StageAsync(Orders, new NewTable(Columns, PartitionSpec.Unpartitioned), Cancellation))).Code.Id);
        Assert.Equal("MR3462", (await Assert.ThrowsAsync<MillraceException>(async () => await bare.LoadAsync(new TableIdentifier(["a.b"], "c"), Cancellation))).Code.Id);
    }

    private static async Task<IcebergTable> NewTableAsync(ICatalog catalog)
        => new(catalog, Orders, await catalog.CreateAsync(Orders, new NewTable(Columns, PartitionSpec.Unpartitioned), Cancellation), TimeProvider.System);

    private static DataFile FileOf(IcebergTable table, string name) => new() { Path = table.Files.PathOf($"data/{name}"), Rows = 1, Bytes = 100 };
}
