using System.Globalization;
using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>
/// A whole table. Where its key begins with whole numbers it is cut into ranges of them, which several connections read at once.
/// A read that is to go on after a crash goes through the table, or each range, in the order of its key.
/// </summary>
internal sealed class TablePlan : IReadPlan
{
    private const long MostLimited = 1_000_000;

    private readonly MySqlServer _server;
    private readonly TableQuery _query;
    private readonly TableInfo _table;
    private readonly MySqlSourceOptions _options;
    private readonly ReadRequest _request;
    private readonly TableFilter _filter;
    private readonly int _parallelism;
    private readonly KeyOrder? _order;
    private readonly SemaphoreSlim _lock = new(1, 1);
    private ReadSessions? _sessions;

    /// <param name="server">The server.</param>
    /// <param name="query">Selects the columns, without conditions.</param>
    /// <param name="options">How to read.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="filter">Its predicates.</param>
    /// <param name="parallelism">Connections that may be used at once.</param>
    /// <param name="sessions">See the moment of the read, and belong to the plan; null for a moment that it finds itself.</param>
    public TablePlan(MySqlServer server, TableQuery query, MySqlSourceOptions options, ReadRequest request, TableFilter filter, int parallelism, ReadSessions? sessions = null)
    {
        _sessions = sessions;
        _server = server;
        _query = query;
        _table = query.Table;
        _options = options;
        _request = request;
        _filter = filter;
        _parallelism = parallelism;
        TableInfo table = query.Table;
        if (options.Resume)
        {
            _order = KeyOrder.OfPrimaryKey(table)
                ?? throw MySqlErrors.BadOption.Error($"{table.Name} has no primary key in whose order a read could go on.", new ErrorPlace { Stream = table.Name.ToString() }, "Leave out `resume`.");
        }
    }

    public Schema Schema => _query.Columns.Schema;

    public Pushdown Pushdown => new() { Projection = true, Predicates = _filter.IsComplete, Limit = IsLimited };

    public long? Bytes => _table.Bytes;

    public long? Rows => _table.Rows;

    // So few rows come over one connection, whose query ends with them.
    private bool IsLimited => _request.Limit <= MostLimited && _filter.IsComplete && !_options.Resume;

    // The column by whose ranges the table is cut.
    private ColumnInfo? Ruler => !IsLimited && _table.IsTransactional && _table.Key.Count > 0 && _table.Find(_table.Key[0]) is { Type: "tinyint" or "smallint" or "mediumint" or "int" or "bigint" } column ? column : null;

    public async IAsyncEnumerable<Split> SplitsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        string name = _table.Name.ToString();
        IReadOnlyList<Int128> cuts = await CutsAsync(cancellation).ConfigureAwait(false);
        for (int i = 0; i <= cuts.Count; i++)
        {
            yield return new KeyRange
            {
                Id = i == 0 ? name : $"{name}@{cuts[i - 1]}",
                Key = name,
                EndsKey = i == cuts.Count,
                Start = i == 0 ? null : cuts[i - 1],
                End = i == cuts.Count ? null : cuts[i],
                Bytes = _table.Bytes / (cuts.Count + 1),
            };
        }
    }

    public async ValueTask<ISplitReader> OpenAsync(Split split, Position? from, IRowErrorHandler errors, CancellationToken cancellation)
    {
        var range = (KeyRange)split;
        var place = new ErrorPlace { Stream = _table.Name.ToString(), Split = split.Id == split.Key ? null : split.Id };
        string behind = "";
        if (_order is not null && from is not null)
        {
            behind = _order.Behind((KeyPosition.Find(from) is { } key && key.Count == _order.Count ? key : null) ?? throw MySqlErrors.OtherCursor.Error($"The progress of the job is not a key of {_table.Name}: {from}", place));
        }

        TableQuery query = _query with
        {
            Extra = _order?.Select ?? [],
            Conditions = [range.Condition(Ruler), behind, _filter.Sql],
            Tail = _order is not null ? $"ORDER BY {_order.OrderBy}" : IsLimited ? string.Create(CultureInfo.InvariantCulture, $"LIMIT {_request.Limit}") : "",
            Marker = _order is null ? new CountMarker(split.Id) : new KeyMarker(_order.Count, MySqlErrors.BadCursor),
            Place = place,
        };
        return await query.OpenAsync(await SessionsAsync(cancellation).ConfigureAwait(false), errors, cancellation).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_sessions is { } sessions)
        {
            await sessions.DisposeAsync().ConfigureAwait(false);
        }

        _lock.Dispose();
    }

    // Where the ranges of the key begin, but the first.
    private async ValueTask<IReadOnlyList<Int128>> CutsAsync(CancellationToken cancellation)
    {
        if (Ruler is not { } ruler || (_table.Rows ?? 0) <= _options.ChunkRows)
        {
            return [];
        }

        ReadSessions sessions = await SessionsAsync(cancellation).ConfigureAwait(false);
        if (sessions.Width == 1)
        {
            return [];
        }

        MySqlConnection connection = await sessions.TakeAsync(cancellation).ConfigureAwait(false);
        try
        {
            string column = TableName.Quote(ruler.Name);
            List<string?[]> ends = await connection.QueryAsync($"SELECT min({column}), max({column}) FROM {_table.Name.Sql}", cancellation).ConfigureAwait(false);
            return ends is [[{ } least, { } most]]
                ? Cuts(Int128.Parse(least, CultureInfo.InvariantCulture), Int128.Parse(most, CultureInfo.InvariantCulture), (_table.Rows!.Value + _options.ChunkRows - 1) / _options.ChunkRows)
                : [];
        }
        catch (ServerException e)
        {
            throw MySqlFaults.OnPlanned(e, _server, new ErrorPlace { Stream = _table.Name.ToString() });
        }
        finally
        {
            sessions.Return(connection);
        }
    }

    private static List<Int128> Cuts(Int128 least, Int128 most, long parts)
    {
        var cuts = new List<Int128>();
        Int128 width = most - least + 1;
        for (long i = 1; i < parts; i++)
        {
            Int128 cut = least + (width * i / parts);
            if (cut > least && (cuts.Count == 0 || cut > cuts[^1]))
            {
                cuts.Add(cut);
            }
        }

        return cuts;
    }

    private async ValueTask<ReadSessions> SessionsAsync(CancellationToken cancellation)
    {
        await _lock.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            int wanted = Ruler is null ? 1 : Math.Max(1, _parallelism);
            return _sessions ??= await ReadSessions.StartAsync(_server, new TableHold(_table, _query.Columns), wanted, _options.Consistent, cancellation).ConfigureAwait(false);
        }
        catch (ServerException e)
        {
            throw MySqlFaults.OnPlanned(e, _server, new ErrorPlace { Stream = _table.Name.ToString() });
        }
        finally
        {
            _lock.Release();
        }
    }
}

/// <summary>A range of a table's key.</summary>
internal sealed record KeyRange : Split
{
    /// <summary>First value; null for the least.</summary>
    public Int128? Start { get; init; }

    /// <summary>Value behind the last; null for all that follow.</summary>
    public Int128? End { get; init; }

    public string Condition(ColumnInfo? ruler)
    {
        string column = ruler is null ? "" : $"t.{TableName.Quote(ruler.Name)}";
        return (Start, End) switch
        {
            (null, null) => "",
            (null, { } end) => string.Create(CultureInfo.InvariantCulture, $"{column} < {end}"),
            ({ } start, null) => string.Create(CultureInfo.InvariantCulture, $"{column} >= {start}"),
            ({ } start, { } end) => string.Create(CultureInfo.InvariantCulture, $"{column} >= {start} AND {column} < {end}"),
        };
    }
}
