using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>Fixes how far an incremental read goes.</summary>
internal static class CursorBound
{
    /// <param name="connection">Sees the moment of the read.</param>
    /// <param name="table">The table.</param>
    /// <param name="order">Its order.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="safetyDelay">How long rows wait for transactions that are under way.</param>
    /// <param name="context">Takes remarks.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async ValueTask<CursorRange> FindAsync(MySqlConnection connection, TableInfo table, RowOrder order, ReadRequest request, TimeSpan safetyDelay, ConnectorContext context, CancellationToken cancellation)
    {
        var progress = new CursorProgress(table.Name.ToString(), order, request, MySqlErrors.OtherCursor, MySqlErrors.BadCursor);
        string newest = $"SELECT {order.Cursor} AS newest FROM {table.Name.Sql} t WHERE {order.Cursor} IS NOT NULL{UpToNow(order, safetyDelay)} ORDER BY {order.Cursor} DESC LIMIT 1";
        string? bound = await connection.ScalarAsync(newest, cancellation).ConfigureAwait(false);
        if (progress.Reached is { } reached)
        {
            // The bound never goes back.
            bound = bound is null || await connection.ScalarAsync($"SELECT 1 FROM ({newest}) n WHERE n.newest > {order.CursorLiteral(reached)}", cancellation).ConfigureAwait(false) is null
                ? reached
                : bound;
        }

        if (progress.ReadsNulls && await connection.ScalarAsync($"SELECT EXISTS (SELECT 1 FROM {table.Name.Sql} t WHERE {order.Cursor} IS NULL)", cancellation).ConfigureAwait(false) == "1")
        {
            progress.NoteNulls(context);
        }

        // Where neither an index nor the time tells that a value will not come again, the greatest one waits.
        return progress.To(bound, null, !order.IsUnique && !(order.Kind == CursorKind.Time && safetyDelay > TimeSpan.Zero));
    }

    // What lies in the future waits, or nothing would ever be new behind it. The bound is a value that is there, whatever waits behind it.
    private static string UpToNow(RowOrder order, TimeSpan safetyDelay) => order.Kind switch
    {
        CursorKind.Time => $" AND {order.Cursor} <= {order.Now} - {RowOrder.Interval(safetyDelay)}",
        CursorKind.Date => $" AND {order.Cursor} <= DATE({order.Now})",
        _ => "",
    };
}
