using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>What an incremental read reads: from the marks of the last one up to a bound that is fixed when it is planned.</summary>
internal sealed record CursorRange
{
    /// <summary>Where to begin; none for the first read.</summary>
    public required IReadOnlyList<ReadMark> Start { get; init; }

    /// <summary>In place of a mark: the condition of a read that goes back behind the last one's end.</summary>
    public string? Floor { get; init; }

    /// <summary>The condition of the upper bound.</summary>
    public required string Upper { get; init; }

    /// <summary>Where the read stands when it has ended.</summary>
    public required ReadMark End { get; init; }

    /// <param name="connection">Sees the moment of the read.</param>
    /// <param name="table">The table.</param>
    /// <param name="order">Its order.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="safetyDelay">How long rows wait for transactions that are under way.</param>
    /// <param name="context">Takes remarks.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async ValueTask<CursorRange> FindAsync(MySqlConnection connection, TableInfo table, RowOrder order, ReadRequest request, TimeSpan safetyDelay, ConnectorContext context, CancellationToken cancellation)
    {
        var place = new ErrorPlace { Stream = table.Name.ToString(), Field = order.CursorName };
        SplitProgress? last = request.Since?.Splits.GetValueOrDefault(table.Name.ToString());
        IReadOnlyList<ReadMark> marks = last?.Position is { } position ? CursorPosition.Marks(position, order.CursorName, MySqlErrors.OtherCursor, place) : [];
        string? reached = marks.Count == 0 ? null : marks[^1].Value;
        bool isFirst = marks.Count == 0 || marks is [{ Value: null, Key: not null }];
        string newest = $"SELECT {order.Cursor} AS newest FROM {table.Name.Sql} t WHERE {order.Cursor} IS NOT NULL ORDER BY {order.Cursor} DESC LIMIT 1";
        string hasNulls = isFirst && order.IsNullable ? $"EXISTS (SELECT 1 FROM {table.Name.Sql} t WHERE {order.Cursor} IS NULL)" : "FALSE";
        string? bound = await connection.ScalarAsync($"SELECT {Bound(order, safetyDelay)} FROM ({newest}) n", cancellation).ConfigureAwait(false);
        if (reached is not null)
        {
            // The bound never goes back.
            bound = bound is null || await connection.ScalarAsync($"SELECT 1 FROM ({newest}) n WHERE n.newest > {order.CursorLiteral(reached)} AND {Bound(order, safetyDelay)} > {order.CursorLiteral(reached)}", cancellation).ConfigureAwait(false) is null
                ? reached
                : bound;
        }

        if (await connection.ScalarAsync($"SELECT {hasNulls}", cancellation).ConfigureAwait(false) == "1")
        {
            context.Note($"{table.Name}: rows whose {order.CursorName} is NULL are read by this first run, and by no later one");
        }

        // Where neither an index nor the time tells that a value will not come again, the greatest one waits.
        bool isOpen = !order.IsUnique && !(order.Kind == CursorKind.Time && safetyDelay > TimeSpan.Zero);
        string nulls = isFirst && order.IsNullable ? $"{order.Cursor} IS NULL" : "FALSE";
        bool looksBack = request.Lookback > TimeSpan.Zero && last is { Done: true } && reached is not null;
        return new CursorRange
        {
            Start = looksBack ? [] : marks,
            Floor = looksBack ? $"{order.Cursor} >= {order.Before(reached!, LookbackOf(request, order, place))}" : null,
            Upper = bound is null ? nulls : $"{nulls} OR {order.Cursor} {(isOpen ? "<" : "<=")} {order.CursorLiteral(bound)}",
            End = new ReadMark(bound, null, null, isOpen && bound is not null),
        };
    }

    // What lies in the future waits, or nothing would ever be new behind it.
    private static string Bound(RowOrder order, TimeSpan safetyDelay) => order.Kind switch
    {
        CursorKind.Time => $"LEAST(newest, {order.Now} - {RowOrder.Interval(safetyDelay)})",
        CursorKind.Date => $"LEAST(newest, DATE({order.Now}))",
        _ => "newest",
    };

    private static TimeSpan LookbackOf(ReadRequest request, RowOrder order, ErrorPlace place)
        => order.Kind is CursorKind.Time or CursorKind.Date
            ? request.Lookback
            : throw MySqlErrors.BadCursor.Error($"`lookback` is a time, and '{order.CursorName}' is none.", place, "Leave out `lookback`, or take a cursor that is a timestamp or a date.");
}
