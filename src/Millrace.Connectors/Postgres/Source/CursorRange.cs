using System.Globalization;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.Postgres;

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

    /// <summary>The transactions that it sees; null where the server cannot say.</summary>
    public string? Seen { get; init; }

    /// <param name="snapshot">The moment of the read.</param>
    /// <param name="table">The table.</param>
    /// <param name="order">Its order.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="safetyDelay">How long rows wait for transactions that are under way.</param>
    /// <param name="context">Takes remarks.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async ValueTask<CursorRange> FindAsync(ExportedSnapshot snapshot, TableInfo table, RowOrder order, ReadRequest request, TimeSpan safetyDelay, ConnectorContext context, CancellationToken cancellation)
    {
        var place = new ErrorPlace { Stream = table.Name.ToString(), Field = order.CursorName };
        SplitProgress? last = request.Since?.Splits.GetValueOrDefault(table.Name.ToString());
        IReadOnlyList<ReadMark> marks = last?.Position is { } position ? CursorPosition.Marks(position, order.CursorName, PostgresErrors.OtherCursor, place) : [];
        string? reached = marks.Count == 0 ? null : marks[^1].Value;
        bool isFirst = marks.Count == 0 || marks is [{ Value: null, Key: not null }];

        // Only rows of tables know the transaction that wrote them, and not everybody is told.
        bool knowsWriters = table.Kind is TableKind.Table or TableKind.Partitioned && table.ShowsPlaces;
        string newest = $"(SELECT {order.Cursor} FROM {table.Source} t WHERE {order.Cursor} IS NOT NULL ORDER BY {order.Cursor} DESC LIMIT 1)";
        string sql =
            $"""
            SELECT {Bound(order, reached, safetyDelay)}::text,
                   CASE WHEN {(knowsWriters ? "NOT pg_catalog.pg_is_in_recovery()" : "false")} THEN pg_catalog.txid_current_snapshot()::text END,
                   {(isFirst && order.IsNullable ? $"EXISTS (SELECT FROM {table.Source} t WHERE {order.Cursor} IS NULL)" : "false")}
              FROM (SELECT {newest} AS newest) n
            """;
        (string? bound, string? seen, bool hasNulls) = await snapshot.QueryAsync(
            sql, r => (r.IsDBNull(0) ? null : r.GetString(0), r.IsDBNull(1) ? null : r.GetString(1), r.GetBoolean(2)), cancellation).ConfigureAwait(false);
        if (hasNulls)
        {
            context.Note($"{table.Name}: rows whose {order.CursorName} is NULL are read by this first run, and by no later one");
        }

        // Where neither the writers of rows nor the time tells that a value will not come again, the greatest one waits.
        bool isOpen = seen is null && !(order.Kind == CursorKind.Time && safetyDelay > TimeSpan.Zero);
        string nulls = isFirst && order.IsNullable ? $"{order.Cursor} IS NULL" : "false";
        bool looksBack = request.Lookback > TimeSpan.Zero && last is { Done: true } && reached is not null;
        return new CursorRange
        {
            Start = looksBack ? [] : marks,
            Floor = looksBack ? $"{order.Cursor} >= {order.CursorLiteral(reached!)} - {Interval(LookbackOf(request, order, place))}" : null,
            Upper = bound is null ? nulls : $"{nulls} OR {order.Cursor} {(isOpen ? "<" : "<=")} {order.CursorLiteral(bound)}",
            End = new ReadMark(bound, null, seen, isOpen && bound is not null),
            Seen = seen,
        };
    }

    // What lies in the future waits, or nothing would ever be new behind it. The bound never goes back.
    private static string Bound(RowOrder order, string? reached, TimeSpan safetyDelay)
    {
        string bound = order.Kind switch
        {
            CursorKind.Time => $"CASE WHEN newest IS NOT NULL THEN least(newest, {order.Now} - {Interval(safetyDelay)}) END",
            CursorKind.Date => "CASE WHEN newest IS NOT NULL THEN least(newest, current_date) END",
            _ => "newest",
        };
        return reached is null ? $"({bound})" : $"greatest({bound}, {order.CursorLiteral(reached)})";
    }

    private static TimeSpan LookbackOf(ReadRequest request, RowOrder order, ErrorPlace place)
        => order.Kind is CursorKind.Time or CursorKind.Date
            ? request.Lookback
            : throw PostgresErrors.BadCursor.Error($"`lookback` is a time, and '{order.CursorName}' is none.", place, "Leave out `lookback`, or take a cursor that is a timestamp or a date.");

    private static string Interval(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"interval '{time.TotalMilliseconds} milliseconds'");
}
