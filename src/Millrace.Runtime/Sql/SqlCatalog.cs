using Millrace.Columnar;
using Millrace.Sql.Catalog;
using Millrace.Sql.Parsing;

namespace Millrace.Runtime.Sql;

/// <summary>
/// What names mean in one statement: objects of the session by name, files and URLs through the connectors. It owns the
/// sources that the statement opens.
/// </summary>
/// <param name="session">The objects and settings.</param>
/// <param name="errors">Gets rows that cannot be decoded.</param>
/// <param name="widened">Types that an earlier attempt found too narrow.</param>
internal sealed class SqlCatalog(SqlSession session, IRowErrorHandler errors, WidenedTypes widened) : ISqlCatalog, IAsyncDisposable
{
    private readonly List<ConnectorTable> _open = [];

    /// <summary>The objects that names mean.</summary>
    public SqlObjects Objects { get; init; } = session.Objects;

    /// <summary>The tables of connectors that were opened so far.</summary>
    public IReadOnlyList<ConnectorTable> Opened => _open;

    public IReadOnlyCollection<string> Names => Objects.Names;

    public TimeZoneInfo TimeZone { get; init; } = session.Settings.TimeZone;

    public QuerySyntax? FindView(QualifiedName name) => Objects.Find(name)?.View;

    public async ValueTask<ISqlTable?> FindAsync(QualifiedName name, CancellationToken cancellation)
    {
        SqlObject? found = Objects.Find(name);
        return found switch
        {
            { Memory: { } memory } => memory,
            { Input: { } input } => await AddAsync(input with { Errors = errors, Widened = widened }, cancellation).ConfigureAwait(false),
            _ => null,
        };
    }

    public async ValueTask<ISqlTable> OpenAsync(string location, IReadOnlyList<Field> columns, IReadOnlyDictionary<string, string> options, CancellationToken cancellation)
    {
        if (columns.Count == 0)
        {
            return await AddAsync(session.Input(location, options, null) with { Errors = errors, Widened = widened }, cancellation).ConfigureAwait(false);
        }

        var plan = new ColumnPlan([.. columns.Select(c => new OutputColumn(c.Name, c.Name, c.Type, !c.Nullable))]);
        return await AddAsync(await session.DeclaredAsync(location, options, plan, cancellation).ConfigureAwait(false) with { Errors = errors, Widened = widened }, cancellation).ConfigureAwait(false);
    }

    public async ValueTask<ISqlTable> AsOfAsync(ISqlTable table, TableVersion version, CancellationToken cancellation)
        => table is ConnectorTable { Input: var input } && input.Endpoint.Connector.AsOf(input.Endpoint.Options, version.Text, version.IsTime) is { } options
            ? await AddAsync(input with { Endpoint = input.Endpoint with { Options = options } }, cancellation).ConfigureAwait(false)
            : throw CatalogErrors.NoVersions(table.Name);

    public async ValueTask DisposeAsync()
    {
        foreach (ConnectorTable table in _open)
        {
            await table.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<ConnectorTable> AddAsync(TableInput input, CancellationToken cancellation)
    {
        ConnectorTable table = await ConnectorTable.OpenAsync(input, cancellation).ConfigureAwait(false);
        _open.Add(table);
        return table;
    }
}
