using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>What the server says when changes are asked for, as errors of the catalogue.</summary>
internal static class ChangeFaults
{
    public static MillraceException OnConnecting(Exception error, PostgresServer server) => error switch
    {
        PostgresException { SqlState: "42501" } e => PostgresErrors.NoRight.Error($"{server.Host}: {e.MessageText}.", hint: "ALTER ROLE … REPLICATION; (a superuser has to run it)", inner: e),
        PostgresException { SqlState: "28000" } e when e.MessageText.Contains("replication", StringComparison.OrdinalIgnoreCase)
            => PostgresErrors.Refused.Error($"{server.Host}: {e.MessageText}.", hint: "`pg_hba.conf` has to let the user connect to the database also for replication.", inner: e),
        PostgresException { SqlState: "53300" } e => ChangeErrors.NotReady.Error($"{server.Host}: {e.MessageText}.", hint: "Raise `max_wal_senders`, and restart the server.", inner: e),
        _ => PostgresFaults.OnConnecting(error, server),
    };

    /// <param name="error">What was thrown.</param>
    /// <param name="server">The server.</param>
    /// <param name="slot">The slot.</param>
    /// <param name="place">The table.</param>
    public static MillraceException OnStream(Exception error, PostgresServer server, string slot, ErrorPlace place) => error switch
    {
        PostgresException { SqlState: "55006" } e => ChangeErrors.SlotBusy.Error($"{server.Host}: {e.MessageText}.", place, inner: e),
        PostgresException { SqlState: "55000" or "58P01" } e => ChangeErrors.SlotLost.Error($"{server.Host}: the slot '{slot}' cannot be read any more: {e.MessageText}.", place, inner: e),
        PostgresException { SqlState: "42704" } e when e.MessageText.Contains("publication", StringComparison.Ordinal)
            => ChangeErrors.Publication.Error($"{server.Host}: {e.MessageText}.", place, "A slot reads by the publication as it was at each change: a publication has to be there before the slot. Drop the slot and begin anew.", e),
        PostgresException { SqlState: "42704" } e => ChangeErrors.SlotLost.Error($"{server.Host}: {e.MessageText}.", place, inner: e),
        PostgresException { SqlState: "53400" } e => ChangeErrors.NotReady.Error($"{server.Host}: {e.MessageText}.", place, "Raise `max_replication_slots` and restart the server, or drop slots that nobody reads: SELECT slot_name, active FROM pg_replication_slots;", e),
        PostgresException { SqlState: "42501" } e => PostgresErrors.NoRight.Error($"{server.Host}: {e.MessageText}.", place, "ALTER ROLE … REPLICATION; (a superuser has to run it)", e),
        InvalidOperationException or NullReferenceException or OperationCanceledException => PostgresErrors.Unreachable.Error($"{server.Host}: the stream of changes broke off.", place, inner: error),
        not PostgresException when Silence.Ended(error) => PostgresErrors.Silent.Error($"{server.Host}: {server.Silence.DescribeStream()}.", place, inner: error),
        _ => PostgresFaults.OnStatement(error, server, place),
    };
}
