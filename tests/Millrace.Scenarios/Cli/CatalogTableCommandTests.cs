using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Millrace.Scenarios.Cli;

/// <summary>
/// Tables in catalogs and in clouds are looked after from the command line while a job writes them. With <c>MILLRACE_LAKE_FULL=1</c> those of
/// Nessie, Glue, S3 and Azure are, too.
/// </summary>
[Trait("speed", "slow")]
public sealed class CatalogTableCommandTests : IDisposable
{
    private const int Rows = 60;

    private readonly TempFolder _folder = new(inMemory: true);
    private readonly MillraceProcess _millrace;

    public CatalogTableCommandTests() => _millrace = new MillraceProcess(_folder.Path);

    public static TheoryData<string> Places => Environment.GetEnvironmentVariable("MILLRACE_LAKE_FULL") == "1" ? ["rest", "nessie", "sql", "glue", "s3", "azure"] : ["rest", "sql"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Every_command_does_its_work_beside_a_writer(string kind)
    {
        string table = await TableAsync(kind);
        for (int i = 0; i < 3; i++)
        {
            Write($"{i}.csv", 1000 + (i * 10), 10);
            await RunAsync("copy", $"{i}.csv", table, "--partition", "region", "--write", "append");
        }

        Write("rows.csv", 0, Rows);
        _folder.Write("job.yaml", $"name: writer\nsource: rows.csv\ntarget: {Target(table)}\nbatch: {{strategy: fixed_size, size: 5}}\n");
        using (Process writer = _millrace.Start("run", "job.yaml"))
        {
            string errors = "";
            writer.ErrorDataReceived += (_, line) => errors += line.Data;
            writer.BeginErrorReadLine();
            writer.BeginOutputReadLine();
            Assert.Contains("Iceberg table of format version 2", await RunAsync("iceberg", "describe", table), StringComparison.Ordinal);
            Assert.Contains("snapshots", await RunAsync("iceberg", "snapshots", table), StringComparison.Ordinal);
            await RunAsync("iceberg", "branch", "create", table, "audit");
            await RunAsync("iceberg", "tag", "create", table, "before", "--max-age", "30d");
            await RunAsync("iceberg", "compact", table, "--where", "region = 'eu'");
            await RunAsync("iceberg", "rewrite-manifests", table);
            await RunAsync("iceberg", "expire", table, "--older-than", "0s", "--retain-last", "2");
            await RunAsync("iceberg", "remove-orphans", table);
            await RunAsync("iceberg", "compact", table, "--dry-run");
            await writer.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(writer.ExitCode == 0, errors);
        }

        int[] all = [.. Enumerable.Range(0, Rows), .. Enumerable.Range(1000, 30)];
        Assert.Equal(all, await IdsAsync(table));
        await RunAsync("iceberg", "compact", table);
        await RunAsync("iceberg", "remove-orphans", table, "--older-than", "0s", "--force");
        Assert.Equal(all, await IdsAsync(table));
        JsonNode description = JsonNode.Parse(await RunAsync("iceberg", "describe", table, "--json"))!;
        Assert.Equal((all.Length, 2), ((int)description["rows"]!, (int)description["data_files"]!));
        Assert.Equal(["audit", "before", "main"], description["references"]!.AsArray().Select(r => (string)r!["name"]!).Order(StringComparer.Ordinal));

        // What the tag names is kept, whatever was expired since.
        long tagged = (long)description["references"]!.AsArray().Single(r => (string?)r!["name"] == "before")!["snapshot_id"]!;
        Assert.NotEmpty(await IdsAsync(table, $"snapshot_id={tagged.ToString(CultureInfo.InvariantCulture)}"));
        await RunAsync("iceberg", "tag", "delete", table, "before");
        Write("again.csv", 1000, 10);
        await RunAsync("copy", "again.csv", table, "--write", "append");
        Assert.Equal(all.Length + 10, (await IdsAsync(table)).Length);
        await RunAsync("iceberg", "rollback", table, "--steps", "1");
        Assert.Equal(all, await IdsAsync(table));
        await RunAsync("iceberg", "branch", "replace", table, "audit", "--at", "main");
        await RunAsync("iceberg", "branch", "delete", table, "audit");
        await RunAsync("iceberg", "expire", table, "--older-than", "0s");
        await RunAsync("iceberg", "remove-orphans", table, "--older-than", "0s", "--force");
        Assert.Equal(all, await IdsAsync(table));
    }

    [Fact]
    public async Task A_secret_of_the_catalog_stands_apart_from_the_address()
    {
        IcebergRestServer server = IcebergRestServer.Demand();
        string warehouse = await server.NewWarehouseAsync(_folder["lake"], new { token = true });
        string table = $"iceberg+{server.Address}/raw.orders?warehouse={Uri.EscapeDataString(warehouse)}";
        Write("rows.csv", 0, 3);
        await RunAsync("copy", "rows.csv", table, "-t", $"catalog.credential={IcebergRestServer.Credential}");
        Assert.Contains("Iceberg table of format version 2", await RunAsync("iceberg", "describe", table, "-s", $"catalog.credential={IcebergRestServer.Credential}"), StringComparison.Ordinal);
        Assert.Contains("MR3464", (await _millrace.RunAsync("iceberg", "describe", table)).Errors, StringComparison.Ordinal);
    }

    // What a user writes for a table that is not there yet.
    private async Task<string> TableAsync(string kind)
    {
        switch (kind)
        {
            case "rest" or "nessie":
                IcebergRestServer server = IcebergRestServer.Demand();
                string warehouse = Uri.EscapeDataString(await server.NewWarehouseAsync(_folder["lake"]));
                return $"iceberg+{server.Address}{(kind == "nessie" ? "/iceberg/dev" : "")}/raw.orders?warehouse={warehouse}";
            case "sql":
                PostgresTestServer postgres = PostgresTestServer.Demand();
                return $"iceberg+{postgres.Location(postgres.NewDatabase())}/raw.orders?warehouse={_folder["lake"]}";
            case "glue":
                NodeServer glue = NodeServer.Demand("glue.mjs", "3");
                return $"iceberg+glue://eu-central-1/raw.orders?endpoint={glue.Address}&access_key_id={S3TestServer.AccessKey}&secret_access_key={S3TestServer.Secret}&warehouse={_folder["lake"]}";
            default:
                return $"iceberg://{(await CloudPlace.NewAsync(kind)).Url("lake/orders")}";
        }
    }

    // What follows the question mark of a path belongs to its store, that of a catalog's address to the connector.
    private static string Target(string table)
    {
        const string onPath = "iceberg://";
        return table.StartsWith(onPath, StringComparison.Ordinal)
            ? $"{{connector: iceberg, path: \"{table[onPath.Length..]}\", write: append}}"
            : $"\"{table}{(table.Contains('?', StringComparison.Ordinal) ? '&' : '?')}write=append\"";
    }

    private void Write(string file, int first, int rows)
        => File.WriteAllText(_folder[file], $"id,region\n{string.Concat(Enumerable.Range(first, rows).Select(i => $"{i.ToString(CultureInfo.InvariantCulture)},{(i % 2 == 0 ? "eu" : "us")}\n"))}");

    private async Task<int[]> IdsAsync(string table, string? option = null)
    {
        await RunAsync(["copy", table, "all.csv", "--overwrite", .. option is null ? [] : new[] { "-s", option }]);
        return [.. File.ReadLines(_folder["all.csv"]).Skip(1).Select(l => int.Parse(l.Split(',')[0], CultureInfo.InvariantCulture)).Order()];
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        MillraceResult result = await _millrace.RunAsync(arguments);
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', arguments)}: {result.Errors}{result.Output}");
        return result.Output;
    }
}
