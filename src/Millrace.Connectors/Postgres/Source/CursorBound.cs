using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.Postgres;

/// <summary>Fixes how far an incremental read goes.</summary>
internal static class CursorBound
{
    /// <param name="snapshot">The moment of the read.</param>
    /// <param name="table">The table.</param>
    /// <param name="order">Its order.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="safetyDelay">How long rows wait for transactions that are under way.</param>
    /// <param name="context">Takes remarks.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async ValueTask<CursorRange> FindAsync(ExportedSnapshot snapshot, TableInfo table, RowOrder order, ReadRequest request, TimeSpan safetyDelay, ConnectorContext context, CancellationToken cancellation)
    {
        var progress = new CursorProgress(table.Name.ToString(), order, request, PostgresErrors.OtherCursor, PostgresErrors.BadCursor);

        // Only rows of tables know the transaction that wrote them, and not everybody is told.
        bool knowsWriters = table.Kind is TableKind.Table or TableKind.Partitioned && table.ShowsPlaces;
        string newest = $"(SELECT {order.Cursor} FROM {table.Source} t WHERE {order.Cursor} IS NOT NULL{UpToNow(order, safetyDelay)} ORDER BY {order.Cursor} DESC LIMIT 1)";
        string sql =
            $"""
            SELECT {Sql(order, progress.Reached)}::text,
                   CASE WHEN {(knowsWriters ? "NOT pg_catalog.pg_is_in_recovery()" : "false")} THEN pg_catalog.txid_current_snapshot()::text END,
                   {(progress.ReadsNulls ? $"EXISTS (SELECT FROM {table.Source} t WHERE {order.Cursor} IS NULL)" : "false")}
              FROM (SELECT {newest} AS newest) n
            """;
        (string? bound, string? seen, bool hasNulls) = await snapshot.QueryAsync(
            sql, r => (r.IsDBNull(0) ? null : r.GetString(0), r.IsDBNull(1) ? null : r.GetString(1), r.GetBoolean(2)), cancellation).ConfigureAwait(false);
        if (hasNulls)
        {
            progress.NoteNulls(context);
        }

        // Where neither the writers of rows nor the time tells that a value will not come again, the greatest one waits.
        return progress.To(bound, seen, seen is null && !(order.Kind == CursorKind.Time && safetyDelay > TimeSpan.Zero));
    }

    // What lies in the future waits, or nothing would ever be new behind it. The bound is a value that is there, whatever waits behind it.
    private static string UpToNow(RowOrder order, TimeSpan safetyDelay) => order.Kind switch
    {
        CursorKind.Time => $" AND {order.Cursor} <= {order.Now} - {RowOrder.Interval(safetyDelay)}",
        CursorKind.Date => $" AND {order.Cursor} <= current_date",
        _ => "",
    };

    // The bound never goes back.
    private static string Sql(RowOrder order, string? reached) => reached is null ? "newest" : $"greatest(newest, {order.CursorLiteral(reached)})";
}
