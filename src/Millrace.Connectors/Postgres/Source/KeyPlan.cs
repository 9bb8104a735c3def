using System.Globalization;
using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// A whole table in the order of its primary key, cut into ranges of keys that several connections copy at once. A read that was
/// cut off goes on behind the last key, under another snapshot.
/// </summary>
internal sealed class KeyPlan : IReadPlan
{
    private readonly PostgresServer _server;
    private readonly TableInfo _table;
    private readonly TableColumns _columns;
    private readonly RowKey _key;
    private readonly ReadRequest _request;
    private readonly ExportedSnapshot _snapshot;
    private readonly IReadOnlyList<IReadOnlyList<string>> _bounds;
    private readonly TableFilter _filter;

    /// <param name="server">The server.</param>
    /// <param name="table">The table.</param>
    /// <param name="columns">Columns to read.</param>
    /// <param name="key">Its primary key.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="snapshot">The moment of the read; the plan's.</param>
    /// <param name="bounds">The last keys of all ranges but the last one, in order.</param>
    /// <param name="filter">Rows to read.</param>
    public KeyPlan(PostgresServer server, TableInfo table, TableColumns columns, RowKey key, ReadRequest request, ExportedSnapshot snapshot, IReadOnlyList<IReadOnlyList<string>> bounds, TableFilter filter)
    {
        _server = server;
        _table = table;
        _columns = columns;
        _key = key;
        _request = request;
        _snapshot = snapshot;
        _bounds = bounds;
        _filter = filter;
    }

    public Schema Schema => _columns.Schema;

    // Not the limit: a split that it ended would count as read to its end.
    public Pushdown Pushdown => new() { Projection = true, Predicates = _filter.IsComplete };

    public long? Bytes => _table.Bytes > 0 ? _table.Bytes : null;

    public long? Rows => _table.Rows;

#pragma warning disable CS1998 // Nothing to wait for: the ranges are known.
    public async IAsyncEnumerable<Split> SplitsAsync([EnumeratorCancellation] CancellationToken cancellation)
#pragma warning restore CS1998
    {
        string name = _table.Name.ToString();
        for (int i = 0; i <= _bounds.Count; i++)
        {
            yield return new KeySplit
            {
                Id = _bounds.Count == 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}#{i}"),
                Key = name,
                EndsKey = i == _bounds.Count,
                After = i == 0 ? null : _bounds[i - 1],
                UpTo = i == _bounds.Count ? null : _bounds[i],
                Bytes = _table.Bytes / (_bounds.Count + 1),
            };
        }
    }

    public ValueTask<ISplitReader> OpenAsync(Split split, Position? from, IRowErrorHandler errors, CancellationToken cancellation)
    {
        var range = (KeySplit)split;
        var conditions = new List<string>();
        if (range.After is { } after)
        {
            conditions.Add(_key.Behind(after));
        }

        // Ranges are read in their order, so what lies before the position is read, whichever of them it is of.
        if (KeyPosition.Find(from) is { } last)
        {
            conditions.Add(_key.Behind(last));
        }

        if (range.UpTo is { } end)
        {
            conditions.Add(_key.UpTo(end));
        }

        if (_filter.Sql.Length > 0)
        {
            conditions.Add(_filter.Sql);
        }

        string where = conditions.Count == 0 ? "" : $" WHERE {string.Join(" AND ", conditions.Select(c => $"({c})"))}";
        string query = $"SELECT {_columns.SelectList}, {string.Join(", ", _key.Texts)} FROM {_table.Source} t{where} ORDER BY {_key.OrderBy}";
        return new CopyStart(_server, _table.Name, _columns, _request.BatchRows)
            .OpenAsync(_snapshot, query, new KeyMarker(_key.Count, PostgresErrors.BadCursor), split.Id == split.Key ? null : split.Id, errors, cancellation);
    }

    public ValueTask DisposeAsync() => _snapshot.DisposeAsync();
}

/// <summary>A range of a table's keys.</summary>
internal sealed record KeySplit : Split
{
    /// <summary>The key before the first; null from the first on.</summary>
    public IReadOnlyList<string>? After { get; init; }

    /// <summary>The last key; null for all that follow.</summary>
    public IReadOnlyList<string>? UpTo { get; init; }
}
