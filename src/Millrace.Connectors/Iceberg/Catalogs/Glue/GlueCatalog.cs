using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// Tables of AWS Glue: parameters of a table point at its metadata file, and a commit is an update of the table under the condition that its
/// version has not changed. Namespaces are databases, which are not nested.
/// </summary>
internal sealed class GlueCatalog(GlueCatalogOptions options, CatalogContext context) : PointerCatalog(context)
{
    private const string Type = "table_type";
    private const string Iceberg = "ICEBERG";
    private const string File = "metadata_location";
    private const string Previous = "previous_metadata_location";

    private readonly GlueClient _client = new(options, context.Time);

    public override string Remote => _client.Remote;

    public override async IAsyncEnumerable<TableIdentifier> ListAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var found = new List<TableIdentifier>();
        await foreach (JsonNode database in PagesAsync("GetDatabases", "DatabaseList", [], cancellation).ConfigureAwait(false))
        {
            string space = (string)database["Name"]!;
            await foreach (JsonNode table in PagesAsync("GetTables", "TableList", new JsonObject { ["DatabaseName"] = space }, cancellation).ConfigureAwait(false))
            {
                if (IsIceberg(table))
                {
                    found.Add(new TableIdentifier([space], (string)table["Name"]!));
                }
            }
        }

        foreach (TableIdentifier table in found.OrderBy(t => t.ToString(), StringComparer.Ordinal))
        {
            yield return table;
        }
    }

    public override async ValueTask<bool> DropAsync(TableIdentifier table, CancellationToken cancellation)
    {
        JsonObject request = Request(table);
        return await FindAsync(table, cancellation).ConfigureAwait(false) is not null
            && (await _client.CallAsync("DeleteTable", request, repeats: true, cancellation).ConfigureAwait(false)).Error.Length == 0;
    }

    public override async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override async ValueTask<string?> FindAsync(TableIdentifier table, CancellationToken cancellation)
        => await GetAsync(table, cancellation).ConfigureAwait(false) is { } found ? FileOf(found, table) : null;

    protected override async ValueTask<string> LocationOfAsync(TableIdentifier table, CancellationToken cancellation)
    {
        GlueAnswer database = await _client.CallAsync("GetDatabase", new JsonObject { ["Name"] = DatabaseOf(table) }, repeats: true, cancellation).ConfigureAwait(false);
        string folder = Storage.StoreName.Escape(table.Name);
        return (string?)database.Body["Database"]?["LocationUri"] is { Length: > 0 } own ? $"{own.TrimEnd('/')}/{folder}"
            : options.Warehouse is { } warehouse ? $"{warehouse.TrimEnd('/')}/{Storage.StoreName.Escape(DatabaseOf(table))}.db/{folder}"
            : throw CatalogErrors.BadOption.Error($"The table '{table}' is to be made, and neither its database nor the catalog has a folder to make it in.", hint: "Set `warehouse`, such as s3://bucket/warehouse, or the location of the database.");
    }

    protected override async ValueTask<bool> PointAsync(TableIdentifier table, string? from, LoadedTable to)
    {
        JsonObject? there = await GetAsync(table, CancellationToken.None).ConfigureAwait(false);
        if ((there is null ? null : FileOf(there, table)) != from)
        {
            return false;
        }

        JsonObject request = Request(table);
        request.Remove("Name");
        request["TableInput"] = InputOf(table, there, from, to);
        if (there is null)
        {
            GlueAnswer made = await _client.CallAsync("CreateTable", request, repeats: false, CancellationToken.None).ConfigureAwait(false);
            if (made.Error == "EntityNotFoundException")
            {
                await _client.CallAsync("CreateDatabase", new JsonObject { ["DatabaseInput"] = new JsonObject { ["Name"] = DatabaseOf(table) } }, repeats: true, CancellationToken.None).ConfigureAwait(false);
                made = await _client.CallAsync("CreateTable", request, repeats: false, CancellationToken.None).ConfigureAwait(false);
            }

            return made.Error.Length == 0;
        }

        request["SkipArchive"] = true;
        request["VersionId"] = (string?)there["VersionId"];
        return (await _client.CallAsync("UpdateTable", request, repeats: false, CancellationToken.None).ConfigureAwait(false)).Error.Length == 0;
    }

    private async ValueTask<JsonObject?> GetAsync(TableIdentifier table, CancellationToken cancellation)
        => (await _client.CallAsync("GetTable", Request(table), repeats: true, cancellation).ConfigureAwait(false)).Body["Table"] as JsonObject;

    private static string FileOf(JsonObject table, TableIdentifier name)
        => IsIceberg(table) && (string?)table["Parameters"]?[File] is { } file
            ? file
            : throw CatalogErrors.Refused.Error($"The table '{name}' of Glue is no Iceberg table.", ErrorPlace.InFile(name.ToString()), "Choose another name, or drop it.");

    private static bool IsIceberg(JsonNode table) => string.Equals((string?)table["Parameters"]?[Type], Iceberg, StringComparison.OrdinalIgnoreCase);

    private static string DatabaseOf(TableIdentifier table)
        => table.Namespace is [var database] ? database : throw CatalogErrors.BadName.Error($"The table {table} is not in one database: Glue has no namespaces within namespaces.", hint: "Write database.table.");

    private static JsonObject Request(TableIdentifier table) => new() { ["DatabaseName"] = DatabaseOf(table), ["Name"] = table.Name };

    // What others have put down stays.
    private static JsonObject InputOf(TableIdentifier table, JsonObject? there, string? from, LoadedTable to)
    {
        JsonObject parameters = there?["Parameters"]?.DeepClone() as JsonObject ?? [];
        parameters[Type] = Iceberg;
        parameters[File] = to.MetadataFile;
        if (from is not null)
        {
            parameters[Previous] = from;
        }

        var input = new JsonObject
        {
            ["Name"] = table.Name,
            ["TableType"] = (string?)there?["TableType"] ?? "EXTERNAL_TABLE",
            ["Parameters"] = parameters,
            ["StorageDescriptor"] = new JsonObject { ["Location"] = to.Metadata.Location, ["Columns"] = GlueColumns.Of(to.Metadata.Schema) },
        };
        foreach (string name in (string[])["Description", "Owner", "Retention", "TargetTable"])
        {
            if (there?[name] is { } value)
            {
                input[name] = value.DeepClone();
            }
        }

        return input;
    }

    private async IAsyncEnumerable<JsonNode> PagesAsync(string operation, string list, JsonObject request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? token = null;
        do
        {
            if (token is not null)
            {
                request["NextToken"] = token;
            }

            JsonObject page = (await _client.CallAsync(operation, request, repeats: true, cancellation).ConfigureAwait(false)).Body;
            foreach (JsonNode? item in page[list]?.AsArray() ?? [])
            {
                yield return item!;
            }

            string? next = (string?)page["NextToken"];
            token = next is { Length: > 0 } && next != token ? next : null;
        }
        while (token is not null);
    }
}
