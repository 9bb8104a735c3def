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
        IReadOnlyList<ReadMark> marks = from is null ? range.Start : CursorPosition.Marks(from, order.CursorName, MySqlErrors.OtherCursor, new ErrorPlace { Stream = split.Id });
        TableQuery reads = query with
        {
            Extra = order.Select,
            Conditions = [from is null ? range.Floor ?? "" : "", .. marks.Select(m => m.Unread(order)), range.Upper, filter.Sql],
            Tail = $"ORDER BY {order.OrderBy}",
            Marker = new CursorMarker(order, marks),
        };
        return reads.OpenAsync(sessions, errors, cancellation);
    }

    public ValueTask DisposeAsync() => sessions.DisposeAsync();
}

/// <param name="order">The order of the rows.</param>
/// <param name="earlier">Marks at which the read began.</param>
internal sealed class CursorMarker(RowOrder order, IReadOnlyList<ReadMark> earlier) : ProgressMarker
{
    public override int Columns => order.Count;

    public override Position Behind(RowStream rows, int first, long done)
    {
        string? value = Last(rows, first);
        string[] key = new string[order.Count - 1];
        for (int i = 0; i < key.Length; i++)
        {
            key[i] = Last(rows, first + 1 + i)
                ?? throw MySqlErrors.BadCursor.Error("A column that is to tell rows with the same cursor apart is NULL.", hint: "Name others with `tie_breaker`.");
        }

        // Earlier marks say nothing of rows behind their value.
        return CursorPosition.Of(order.CursorName, [.. earlier.Where(m => m.Value == value), new ReadMark(value, key, null)]);
    }
}
