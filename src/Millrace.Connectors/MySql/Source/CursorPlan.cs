using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>
/// The rows of a table that are new behind a cursor, in its order, as of one moment. One split: an order can only be cut off
/// at one place.
/// </summary>
/// <param name="sessions">See the moment.</param>
/// <param name="query">Selects the columns, without the conditions of the range.</param>
/// <param name="order">The order.</param>
/// <param name="range">What is read of it.</param>
/// <param name="filter">Predicates of the request.</param>
internal sealed class CursorPlan(ReadSessions sessions, TableQuery query, RowOrder order, CursorRange range, TableFilter filter) : IReadPlan
{
    public Schema Schema => query.Columns.Schema;

    // Not the limit: a split that it ended would count as read to its end.
    public Pushdown Pushdown => new() { Projection = true, Predicates = filter.IsComplete };

#pragma warning disable CS1998 // Nothing to wait for.
    public async IAsyncEnumerable<Split> SplitsAsync([EnumeratorCancellation] CancellationToken cancellation)
#pragma warning restore CS1998
    {
        yield return new Split { Id = query.Table.Name.ToString(), EndPosition = CursorPosition.Of(order.CursorName, [range.End]) };
    }

    public ValueTask<ISplitReader> OpenAsync(Split split, Position? from, IRowErrorHandler errors, CancellationToken cancellation)
    {
        IReadOnlyList<ReadMark> marks = range.From(from, order, MySqlErrors.OtherCursor, new ErrorPlace { Stream = split.Id });
        TableQuery reads = query with
        {
            Extra = order.Select,
            Conditions = [.. range.Conditions(from is null, marks, order), filter.Sql],
            Tail = $"ORDER BY {order.OrderBy}",
            Marker = new CursorMarker(order, range.Seen, marks, MySqlErrors.BadCursor),
        };
        return reads.OpenAsync(sessions, errors, cancellation);
    }

    public IReadPlan EveryRow(IReadOnlyList<RequestedColumn> columns)
        => new EveryRowPlan(sessions, query with { Columns = query.Columns.Choose(columns), Marker = new CountMarker(query.Table.Name.ToString()) });

    public ValueTask DisposeAsync() => sessions.DisposeAsync();
}
