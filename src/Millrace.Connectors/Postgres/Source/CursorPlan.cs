using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// The rows of a table that are new behind a cursor, in its order, as of one moment. One split: an order can only be cut off
/// at one place.
/// </summary>
internal sealed class CursorPlan : IReadPlan
{
    private readonly PostgresServer _server;
    private readonly TableInfo _table;
    private readonly TableColumns _columns;
    private readonly RowOrder _order;
    private readonly ReadRequest _request;
    private readonly ExportedSnapshot _snapshot;
    private readonly CursorRange _range;
    private readonly TableFilter _filter;

    public CursorPlan(PostgresServer server, TableInfo table, TableColumns columns, RowOrder order, ReadRequest request, ExportedSnapshot snapshot, CursorRange range, TableFilter filter)
    {
        _server = server;
        _table = table;
        _columns = columns;
        _order = order;
        _request = request;
        _snapshot = snapshot;
        _range = range;
        _filter = filter;
    }

    public Schema Schema => _columns.Schema;

    // Not the limit: a split that it ended would count as read to its end.
    public Pushdown Pushdown => new() { Projection = true, Predicates = _filter.IsComplete };

#pragma warning disable CS1998 // Nothing to wait for.
    public async IAsyncEnumerable<Split> SplitsAsync([EnumeratorCancellation] CancellationToken cancellation)
#pragma warning restore CS1998
    {
        string name = _table.Name.ToString();
        yield return new Split { Id = name, EndPosition = CursorPosition.Of(_order.CursorName, [_range.End]) };
    }

    public ValueTask<ISplitReader> OpenAsync(Split split, Position? from, IRowErrorHandler errors, CancellationToken cancellation)
    {
        IReadOnlyList<ReadMark> marks = _range.From(from, _order, PostgresErrors.OtherCursor, new ErrorPlace { Stream = split.Id });
        IEnumerable<string> conditions = [.. _range.Conditions(from is null, marks, _order), .. _filter.Sql.Length > 0 ? [_filter.Sql] : Array.Empty<string>()];
        string query = $"SELECT {_columns.SelectList}, {_order.Select} FROM {_table.Source} t WHERE {string.Join(" AND ", conditions.Select(c => $"({c})"))} ORDER BY {_order.OrderBy}";
        return new CopyStart(_server, _table.Name, _columns, _request.BatchRows)
            .OpenAsync(_snapshot, query, new CursorMarker(_order, _range.Seen, marks, PostgresErrors.BadCursor), null, errors, cancellation);
    }

    public IReadPlan EveryRow(IReadOnlyList<RequestedColumn> columns) => _server.MayGoBack
        ? throw PostgresErrors.BadOption.Error("Rows that are gone cannot be found by comparing keys where the next run may read from a server that is behind this one.", new ErrorPlace { Stream = _table.Name.ToString() }, "Name one host, or set `role: primary`.")
        : new EveryRowPlan(_server, _table, _columns.Choose(columns), _request.BatchRows, _snapshot);

    public ValueTask DisposeAsync() => _snapshot.DisposeAsync();
}
