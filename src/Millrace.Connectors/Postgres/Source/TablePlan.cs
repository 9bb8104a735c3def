using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// A whole table, cut into ranges of its blocks that several connections copy at once, all as of one moment. The ranges share
/// one key, in the order of the blocks.
/// </summary>
internal sealed class TablePlan : IReadPlan
{
    private readonly PostgresServer _server;
    private readonly TableInfo _table;
    private readonly TableColumns _columns;
    private readonly PostgresSourceOptions _options;
    private readonly ReadRequest _request;
    private readonly TableFilter _filter;
    private readonly TableHold _hold;
    private readonly IReadOnlyList<TableInfo> _leaves;
    private readonly ConnectorContext _context;
    private readonly SemaphoreSlim _lock = new(1, 1);
    private ExportedSnapshot? _snapshot;

    public TablePlan(PostgresServer server, TableInfo table, TableColumns columns, PostgresSourceOptions options, ReadRequest request, TableFilter filter, TableHold hold, IReadOnlyList<TableInfo> leaves, ConnectorContext context, ExportedSnapshot? snapshot = null)
    {
        _leaves = leaves;
        _server = server;
        _table = table;
        _columns = columns;
        _options = options;
        _request = request;
        _filter = filter;
        _hold = hold;
        _context = context;
        _snapshot = snapshot;
    }

    public Schema Schema => _columns.Schema;

    public Pushdown Pushdown => new() { Projection = true, Predicates = _filter.IsComplete, Limit = IsLimited };

    public long? Bytes => _table.Bytes > 0 ? _table.Bytes : null;

    public long? Rows => _table.Rows;

#pragma warning disable CS1998 // Nothing to wait for: the ranges follow from the size.
    public async IAsyncEnumerable<Split> SplitsAsync([EnumeratorCancellation] CancellationToken cancellation)
#pragma warning restore CS1998
    {
        IReadOnlyList<TableInfo> tables = IsLimited ? [_table] : _leaves;
        foreach (TableInfo table in tables)
        {
            long blocks = table.Kind is TableKind.Table or TableKind.MaterializedView && _table.ShowsPlaces ? table.Blocks : 0;
            long chunk = Math.Max(1, _options.ChunkBytes.Bytes / BlockBytes);
            long count = IsLimited ? 1 : Math.Max(1, (blocks + chunk - 1) / chunk);
            for (long i = 0; i < count; i++)
            {
                // The last range has no end: rows are added behind while the ranges are being laid.
                long start = i * chunk;
                long? end = i == count - 1 ? null : start + chunk;
                yield return new BlockSplit
                {
                    Id = count == 1 ? table.Name.ToString() : string.Create(CultureInfo.InvariantCulture, $"{table.Name}@{start}"),
                    Key = _table.Name.ToString(),
                    EndsKey = end is null && table == tables[^1],
                    Table = table,
                    Start = start,
                    End = end,
                    Bytes = blocks == 0 ? null : ((end ?? blocks) - start) * BlockBytes,
                };
            }
        }
    }

    public async ValueTask<ISplitReader> OpenAsync(Split split, Position? from, IRowErrorHandler errors, CancellationToken cancellation)
    {
        var range = (BlockSplit)split;
        ExportedSnapshot? snapshot = await SnapshotAsync(cancellation).ConfigureAwait(false);
        return await new CopyStart(_server, _table.Name, _columns, _request.BatchRows)
            .OpenAsync(snapshot, Query(range), new BlockMarker(range), split.Id == split.Key ? null : split.Id, errors, cancellation)
            .ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_snapshot is { } snapshot)
        {
            await snapshot.DisposeAsync().ConfigureAwait(false);
        }

        _lock.Dispose();
    }

    private const int BlockBytes = 8192;
    private const long MostLimited = 1_000_000;

    // So few rows come over one connection, whose query ends with them.
    private bool IsLimited => _request.Limit <= MostLimited && _filter.IsComplete;

    private string Query(BlockSplit range)
    {
        string[] conditions = [.. new[] { Range(range), _filter.Sql }.Where(c => c.Length > 0)];
        string where = conditions.Length == 0 ? "" : $" WHERE {string.Join(" AND ", conditions)}";
        string limit = IsLimited ? string.Create(CultureInfo.InvariantCulture, $" LIMIT {_request.Limit}") : "";
        return $"SELECT {_columns.SelectList} FROM {range.Table.Source}{where}{limit}";
    }

    private static string Range(BlockSplit range) => (range.Start, range.End) switch
    {
        (0, null) => "",
        (_, null) => string.Create(CultureInfo.InvariantCulture, $"ctid >= '({range.Start},0)'::tid"),
        (_, { } end) => string.Create(CultureInfo.InvariantCulture, $"ctid >= '({range.Start},0)'::tid AND ctid < '({end},0)'::tid"),
    };

    private async ValueTask<ExportedSnapshot?> SnapshotAsync(CancellationToken cancellation)
    {
        if (!_options.Consistent && _snapshot is null)
        {
            return null;
        }

        await _lock.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return _snapshot ??= await ExportedSnapshot.TakeAsync(_server, _hold, _context.Shared, _context, cancellation).ConfigureAwait(false);
        }
        finally
        {
            _lock.Release();
        }
    }
}

/// <summary>A range of a table's blocks.</summary>
internal sealed record BlockSplit : Split
{
    /// <summary>The table whose blocks they are: the one that is read, or a part of it.</summary>
    public required TableInfo Table { get; init; }

    /// <summary>First block.</summary>
    public long Start { get; init; }

    /// <summary>Block behind the last; null for all that follow.</summary>
    public long? End { get; init; }

    public Position PositionAt(long rows) => new(new JsonObject { ["v"] = 1, ["block"] = Start, ["rows"] = rows });
}
