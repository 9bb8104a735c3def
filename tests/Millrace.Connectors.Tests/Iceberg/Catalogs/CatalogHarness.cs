using System.Globalization;
using Millrace.Connectors.Iceberg;
using Millrace.Storage;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>A catalog that is empty when it is made, with a folder for its tables, and how it is named in options.</summary>
internal abstract class CatalogHarness : IDisposable
{
    public TempFolder Folder { get; } = new(inMemory: true);

    /// <summary>Where tables are made.</summary>
    public string Root => $"file://{Folder.Path}";

    /// <summary>The option <c>catalog</c>.</summary>
    public abstract OptionChoice<CatalogChoices> Choice { get; }

    /// <summary>Namespaces that a name of a table has.</summary>
    public virtual string[] Namespace => ["raw"];

    public virtual void Dispose() => Folder.Dispose();

    /// <summary>Another client of the same catalog.</summary>
    public virtual ICatalog Open(Func<LocalStore, IObjectStore>? store = null)
        => CatalogChoices.Open(Choice, new CatalogContext(new TableStores(new StoreOptions(), store ?? (s => s), TimeProvider.System), TimeProvider.System));

    public IcebergTargetOptions Target(string table) => new() { Catalog = Choice, Table = table };

    public IcebergSourceOptions Source(string? table) => new() { Catalog = Choice, Table = table };

    /// <summary>The rows of a table, or none where there is no such table.</summary>
    public async Task<IReadOnlyList<string>> ReadAsync(string table, CancellationToken cancellation)
    {
        await using (ICatalog catalog = Open())
        {
            if (await catalog.LoadAsync(TableIdentifier.Parse(table), cancellation) is null)
            {
                return [];
            }
        }

        await using ISource open = new IcebergConnector().OpenSource(Source(table), new ConnectorContext { Job = "read" });
        await using IReadPlan plan = await open.PlanAsync(new ReadRequest(), cancellation);
        return await PlanReading.ReadAllAsync(plan, cancellation);
    }

    public static OptionChoice<CatalogChoices> Choose(string type, params (string Name, object Value)[] options)
    {
        var place = new ErrorPlace { File = "test" };
        var map = new OptionMap(place);
        foreach ((string name, object value) in options)
        {
            map.SetPath(name, new OptionScalar(Convert.ToString(value, CultureInfo.InvariantCulture)!, place, Quoted: true));
        }

        return new OptionChoice<CatalogChoices>(type, map);
    }
}

/// <summary>A REST catalog; of a nested namespace whose parts are separated in the server's own way.</summary>
internal sealed class RestHarness : CatalogHarness
{
    private readonly string _warehouse;
    private readonly (string Name, object Value)[] _options;

    public RestHarness(object? settings = null, IcebergRestServer? server = null, string path = "", string? root = null, params (string Name, object Value)[] options)
    {
        Server = server ?? IcebergRestServer.Demand();
        _warehouse = Server.NewWarehouseAsync(root ?? Root, settings ?? new { separator = ".", pageSize = 3 }).GetAwaiter().GetResult();
        Address = Server.Address + path;
        _options = options;
    }

    public IcebergRestServer Server { get; }

    public string Address { get; }

    public string Warehouse => _warehouse;

    public override string[] Namespace => ["raw", "shop"];

    public override OptionChoice<CatalogChoices> Choice => Choose("rest", [("uri", Address), ("warehouse", _warehouse), .. _options]);
}

internal sealed class SqlHarness : CatalogHarness
{
    private readonly PostgresTestServer _server = PostgresTestServer.Demand();

    public SqlHarness() => Database = _server.NewDatabase();

    public string Database { get; }

    public override string[] Namespace => ["raw", "shop"];

    public override OptionChoice<CatalogChoices> Choice => Choose("sql", ("uri", _server.Location(Database)), ("warehouse", Root), ("name", "lake"));

    public string Sql(string sql) => _server.Sql(Database, sql);
}

internal sealed class GlueHarness : CatalogHarness
{
    // Few items a page. All share it: each has an account of its own.
    private static readonly Lazy<NodeServer> Server = new(() => NodeServer.Demand("glue.mjs", "3"));
    private static readonly HttpClient Http = new();
    private static int _accounts;

    public GlueHarness() => NodeOracle.Demand(NodeOracle.SkipReason, Environment.GetEnvironmentVariable("MILLRACE_REQUIRE_ORACLES") == "1");

    /// <summary>The account whose catalog it is.</summary>
    public string Account { get; } = string.Create(CultureInfo.InvariantCulture, $"{Interlocked.Increment(ref _accounts):D12}");

    public string Address => Server.Value.Address;

    public override OptionChoice<CatalogChoices> Choice => Choose(
        "glue", ("endpoint", Address), ("region", "eu-central-1"), ("access_key_id", S3TestServer.AccessKey), ("secret_access_key", S3TestServer.Secret), ("catalog_id", Account), ("warehouse", Root), ("retries", 3));

    /// <summary>Breaks the next calls of an operation: <c>before</c> they take effect, <c>after</c>, or by <c>cut</c>ting the connection after.</summary>
    public async Task FailAsync(string match, string kind, string code = "InternalServiceException", int status = 500, int count = 1)
    {
        using HttpResponseMessage response = await Http.PostAsync(
            $"{Address}/-/faults", new StringContent(System.Text.Json.JsonSerializer.Serialize(new { match = $"{match} {Account}", kind, code, status, count })));
        response.EnsureSuccessStatusCode();
    }
}
