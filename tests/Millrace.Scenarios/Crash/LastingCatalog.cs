namespace Millrace.Scenarios.Crash;

/// <summary>A catalog whose server is killed and begun again by a test.</summary>
internal sealed class LastingCatalog
{
    private LastingCatalog(string options, string lineAddress, Action kill, Action start)
    {
        Options = options;
        LineAddress = lineAddress;
        Kill = kill;
        Start = start;
    }

    /// <summary>The option <c>catalog</c> in a job.</summary>
    public string Options { get; }

    /// <summary>Address of the table <c>raw.rows</c> on one line.</summary>
    public string LineAddress { get; }

    public Action Kill { get; }

    public Action Start { get; }

    public static async Task<LastingCatalog> OpenAsync(string kind, TempFolder folder)
        => kind == "rest" ? await RestAsync(folder) : Sql(PostgresTestServer.DemandOwn(), folder);

    private static async Task<LastingCatalog> RestAsync(TempFolder folder)
    {
        IcebergRestServer server = IcebergRestServer.DemandLasting(folder["catalog.json"]);
        string warehouse = await server.NewWarehouseAsync(folder["lake"]);
        return new LastingCatalog(
            $"{{type: rest, uri: \"{server.Address}\", warehouse: \"{warehouse}\", retries: 1}}",
            $"iceberg+{server.Address}/raw.rows?warehouse={Uri.EscapeDataString(warehouse)}",
            server.Kill,
            server.Start);
    }

    private static LastingCatalog Sql(PostgresTestServer server, TempFolder folder)
    {
        string location = server.Location(server.NewDatabase());
        return new LastingCatalog($"{{type: sql, uri: \"{location}\", warehouse: \"{folder["lake"]}\"}}", $"iceberg+{location}/raw.rows", server.Kill, server.Start);
    }
}
