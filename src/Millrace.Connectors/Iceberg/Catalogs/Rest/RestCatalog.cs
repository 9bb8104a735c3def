using System.Runtime.CompilerServices;
using System.Text.Json;
using Millrace.Storage;

namespace Millrace.Connectors.Iceberg;

/// <summary>Tables of a catalog that speaks Iceberg's REST protocol.</summary>
internal sealed class RestCatalog : ICatalog
{
    // Nested deeper, it goes in a circle.
    private const int MaxDepth = 32;

    private readonly RestCatalogOptions _options;
    private readonly CatalogContext _context;
    private readonly RestClient _client;
    private readonly Dictionary<TableIdentifier, VendedCredentials> _lent = [];
    private readonly System.Collections.Concurrent.ConcurrentDictionary<TableIdentifier, NewTable> _staged = new();
    private readonly Lock _lock = new();
    private Task<RestSession>? _session;

    public RestCatalog(RestCatalogOptions options, CatalogContext context)
    {
        _options = options;
        _context = context;
        _client = new RestClient(options, context.Time);
    }

    public string Remote => _client.Remote;

    public string Address => _client.Base;

    public async ValueTask<LoadedTable?> LoadAsync(TableIdentifier table, CancellationToken cancellation)
    {
        RestSession session = await SessionAsync(cancellation).ConfigureAwait(false);
        RestAnswer answer = await _client.SendAsync(HttpMethod.Get, session.Paths.Table(table), null, repeats: true, cancellation).ConfigureAwait(false);
        return IsMissing(answer) ? null : Loaded(session, table, _client.Require(answer, $"load the table '{table}'"));
    }

    public async ValueTask<LoadedTable> CreateAsync(TableIdentifier table, NewTable definition, CancellationToken cancellation)
    {
        RestSession session = await SessionAsync(cancellation).ConfigureAwait(false);
        RestAnswer answer = await DefineAsync(session, table, definition, isStaged: false, cancellation).ConfigureAwait(false);
        return answer switch
        {
            { Status: 409 } => throw IcebergErrors.Exists(table.ToString()),

            // Whoever made it, it is there: the caller fits its rows to it as to any other.
            { IsUnsure: true } when await LoadAsync(table, cancellation).ConfigureAwait(false) is { } made => made,
            _ => Loaded(session, table, _client.Require(answer, $"make the table '{table}'")),
        };
    }

    public async ValueTask<LoadedTable?> StageAsync(TableIdentifier table, NewTable definition, CancellationToken cancellation)
    {
        RestSession session = await SessionAsync(cancellation).ConfigureAwait(false);
        RestAnswer answer = await DefineAsync(session, table, definition, isStaged: true, cancellation).ConfigureAwait(false);
        _staged[table] = definition;

        // Servers that cannot say so in one of these ways.
        return answer.Status is 400 or 405 or 406 or 409 or 422 or 501
            ? null
            : Loaded(session, table, _client.Require(answer, $"prepare the table '{table}'")) with { MetadataFile = "" };
    }

    public async ValueTask<LoadedTable> CommitAsync(TableIdentifier table, LoadedTable loaded, TableChange change, CancellationToken cancellation)
    {
        RestSession session = await SessionAsync(cancellation).ConfigureAwait(false);
        bool isUnsure = false;
        for (int attempt = 0; ; attempt++)
        {
            // Once it is sent, its end has to be known.
            RestAnswer answer = await _client.SendAsync(
                HttpMethod.Post, session.Paths.Table(table), json => ChangeJson.Write(json, table, loaded, change), repeats: false, isUnsure ? CancellationToken.None : cancellation).ConfigureAwait(false);
            if (answer.IsSuccess)
            {
                return Loaded(session, table, _client.Require(answer, "commit"));
            }

            if (!answer.IsUnsure && !(isUnsure && answer.Status is 409 or 400))
            {
                throw answer.Status == 409 ? IcebergErrors.Conflicts(table.ToString(), $"was not changed: {answer.Said}")
                    : IsMissing(answer) && loaded.MetadataFile.Length > 0 ? IcebergErrors.Conflicts(table.ToString(), "is gone")
                    : _client.Explain(answer, $"commit to the table '{table}'");
            }

            isUnsure = true;
            if (await SettleAsync(table, change, answer, attempt >= _options.Retries).ConfigureAwait(false) is { } settled)
            {
                return settled;
            }

            await RetryPause.WaitAsync(attempt, answer.RetryAfter, CancellationToken.None).ConfigureAwait(false);
        }
    }

    public async IAsyncEnumerable<TableIdentifier> ListAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        RestSession session = await SessionAsync(cancellation).ConfigureAwait(false);
        var found = new List<TableIdentifier>();
        var waiting = new Stack<string[]>();
        waiting.Push([]);
        while (waiting.TryPop(out string[]? parent))
        {
            await foreach (MetadataNode item in PagesAsync(session.Paths.Below(parent), "namespaces", $"list the namespaces in '{string.Join('.', parent)}'", cancellation).ConfigureAwait(false))
            {
                string[] parts = [.. item.Items().Select(p => p.Text())];
                if (parts.Length == parent.Length + 1 && parts.Length <= MaxDepth)
                {
                    waiting.Push(parts);
                }
            }

            if (parent.Length == 0)
            {
                continue;
            }

            await foreach (MetadataNode item in PagesAsync(session.Paths.Tables(parent), "identifiers", $"list the tables in '{string.Join('.', parent)}'", cancellation).ConfigureAwait(false))
            {
                found.Add(new TableIdentifier([.. item.Require("namespace").Items().Select(p => p.Text())], item.Require("name").Text()));
            }
        }

        foreach (TableIdentifier table in found.OrderBy(t => t.ToString(), StringComparer.Ordinal))
        {
            yield return table;
        }
    }

    public async ValueTask<bool> DropAsync(TableIdentifier table, CancellationToken cancellation)
    {
        RestSession session = await SessionAsync(cancellation).ConfigureAwait(false);
        RestAnswer answer = await _client.SendAsync(HttpMethod.Delete, $"{session.Paths.Table(table)}?purgeRequested=false", null, repeats: false, cancellation).ConfigureAwait(false);
        if (IsMissing(answer))
        {
            return false;
        }

        if (!answer.IsSuccess && !(answer.IsUnsure && await LoadAsync(table, cancellation).ConfigureAwait(false) is null))
        {
            throw _client.Explain(answer, $"drop the table '{table}'");
        }

        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _context.Stores.DisposeAsync().ConfigureAwait(false);
        _client.Dispose();
    }

    // A page of a proxy is not the catalog's word.
    private static bool IsMissing(RestAnswer answer) => answer.Status == 404 && answer.Type is not null;

    private async ValueTask<RestSession> SessionAsync(CancellationToken cancellation)
    {
        Task<RestSession> session;
        lock (_lock)
        {
            session = _session is { IsFaulted: false, IsCanceled: false } known ? known : _session = RestSession.OpenAsync(_client, _options, CancellationToken.None).AsTask();
        }

        return await session.WaitAsync(cancellation).ConfigureAwait(false);
    }

    // Whether a commit whose answer is lost was made. It names the state that it is about, so that at most one of all its sendings takes effect,
    // and one that may still be on its way does no harm.
    private async ValueTask<LoadedTable?> SettleAsync(TableIdentifier table, TableChange change, RestAnswer answer, bool isLast)
    {
        LoadedTable? now;
        try
        {
            now = await LoadAsync(table, CancellationToken.None).ConfigureAwait(false);
        }
        catch (MillraceException e)
        {
            throw Unknown(table, answer, e);
        }

        MetadataUpdate.AddSnapshot? added = change.Updates.OfType<MetadataUpdate.AddSnapshot>().FirstOrDefault();
        if (added is not null && now?.Metadata.SnapshotOf(added.Snapshot.Id) is not null)
        {
            return now;
        }

        // A change without a snapshot leaves no trace by which to tell: the caller works it out anew from what is there.
        string? fault = change.Requirements.Select(r => r.FaultIn(now?.Metadata)).FirstOrDefault(f => f is not null);
        return fault is not null || added is null ? throw IcebergErrors.Conflicts(table.ToString(), fault ?? "may have been changed by this commit, whose answer was lost")
            : isLast ? throw Unknown(table, answer, null)
            : null;
    }

    private MillraceException Unknown(TableIdentifier table, RestAnswer answer, Exception? inner)
        => new(IcebergErrors.CommitUnknown, $"The catalog at {Address} failed while it committed to the table '{table}', and does not show the commit: {answer.Said}", ErrorPlace.InFile(table.ToString()), null, inner) { Remote = Remote, RetryAfter = answer.RetryAfter };

    private async ValueTask<RestAnswer> DefineAsync(RestSession session, TableIdentifier table, NewTable definition, bool isStaged, CancellationToken cancellation)
    {
        for (bool isSecond = false; ; isSecond = true)
        {
            RestAnswer answer = await _client.SendAsync(
                HttpMethod.Post, session.Paths.Tables(table.Namespace), json => Write(json, table, definition, isStaged), repeats: isStaged, cancellation).ConfigureAwait(false);
            if (!IsMissing(answer) || isSecond)
            {
                return answer;
            }

            await CreateNamespacesAsync(session, table.Namespace, cancellation).ConfigureAwait(false);
        }
    }

    private async ValueTask CreateNamespacesAsync(RestSession session, IReadOnlyList<string> parts, CancellationToken cancellation)
    {
        // Servers differ in whether a namespace makes those that it stands in.
        for (int depth = 1; depth <= parts.Count; depth++)
        {
            string[] own = [.. parts.Take(depth)];
            RestAnswer answer = await _client.SendAsync(HttpMethod.Post, session.Paths.Namespaces, json =>
            {
                json.WriteStartObject();
                json.WriteTexts("namespace", own);
                json.WriteMap("properties", []);
                json.WriteEndObject();
            }, repeats: false, cancellation).ConfigureAwait(false);
            if (!answer.IsSuccess && answer.Status != 409)
            {
                throw _client.Explain(answer, $"make the namespace '{string.Join('.', own)}'");
            }
        }
    }

    private async IAsyncEnumerable<MetadataNode> PagesAsync(string path, string list, string what, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? token = null;
        do
        {
            string page = token is null ? path : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}pageToken={Uri.EscapeDataString(token)}";
            RestAnswer answer = await _client.SendAsync(HttpMethod.Get, page, null, repeats: true, cancellation).ConfigureAwait(false);
            (List<MetadataNode> items, string? next) = _client.Read(answer, what, body => (body.Require(list).Items(), body.Optional("next-page-token")?.Text()));
            foreach (MetadataNode item in items)
            {
                yield return item;
            }

            token = next is { Length: > 0 } && next != token ? next : null;
        }
        while (token is not null);
    }

    private LoadedTable Loaded(RestSession session, TableIdentifier table, MetadataNode answer)
    {
        TableMetadata metadata = MetadataReader.Read(answer.Require("metadata"), table.ToString());
        string file = answer.Optional("metadata-location")?.Text() ?? "";

        // The answer to a commit has none: what the load has given stays.
        bool hasProperties = answer.Optional("config") is not null || answer.Optional("storage-credentials") is not null;
        Dictionary<string, string> properties = session.Of(answer, metadata.Location);
        return new LoadedTable(metadata, file, _context.Stores.FilesOf(metadata.Location, properties, LentFor(session, table, metadata.Location, properties, hasProperties)));
    }

    private VendedCredentials? LentFor(RestSession session, TableIdentifier table, string location, IReadOnlyDictionary<string, string> properties, bool takes)
    {
        if (!_options.VendedCredentials)
        {
            return null;
        }

        lock (_lock)
        {
            if (_lent.TryGetValue(table, out VendedCredentials? known))
            {
                if (takes)
                {
                    known.Take(properties);
                }

                return known;
            }

            var lent = new VendedCredentials(cancellation => PropertiesAsync(session, table, location, cancellation), table.ToString(), location, _context.Time);
            if (lent.Take(properties))
            {
                _lent.Add(table, lent);
                return lent;
            }

            return null;
        }
    }

    private async ValueTask<IReadOnlyDictionary<string, string>> PropertiesAsync(RestSession session, TableIdentifier table, string location, CancellationToken cancellation)
    {
        // The snapshots do not matter here, and they are the longest part.
        RestAnswer answer = await _client.SendAsync(HttpMethod.Get, $"{session.Paths.Table(table)}?snapshots=refs", null, repeats: true, cancellation).ConfigureAwait(false);
        if (IsMissing(answer) && _staged.TryGetValue(table, out NewTable? definition))
        {
            // Its first commit will make it; until then only who prepares it is lent credentials.
            answer = await DefineAsync(session, table, definition, isStaged: true, cancellation).ConfigureAwait(false);
        }

        return session.Of(_client.Require(answer, $"lend credentials for the table '{table}'"), location);
    }

    private static void Write(Utf8JsonWriter json, TableIdentifier table, NewTable definition, bool isStaged)
    {
        json.WriteStartObject();
        json.WriteString("name", table.Name);
        json.WriteMember("schema", definition.Schema, SchemaJson.Write);
        json.WriteMember("partition-spec", definition.Spec, SpecJson.Write);
        if (definition.Order.IsSorted)
        {
            json.WriteMember("write-order", new SortOrder(1, definition.Order.Fields), SpecJson.WriteOrder);
        }

        json.WriteBoolean("stage-create", isStaged);
        json.WriteMap("properties", definition.Properties.Prepend(KeyValuePair.Create("format-version", definition.FormatVersion.ToString(System.Globalization.CultureInfo.InvariantCulture))));
        json.WriteEndObject();
    }
}
