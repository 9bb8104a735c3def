using Millrace.Sdk;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>Says what a slot waits for when it takes long to come about: it begins only where every transaction has ended that was under way.</summary>
internal sealed class SlowSlotNote : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _over = new();

    public SlowSlotNote(PostgresServer server, string slot, ConnectorContext context) => _ = WatchAsync(server, slot, context, _over.Token);

    public void Dispose()
    {
        _over.Cancel();
        _over.Dispose();
    }

    private static async Task WatchAsync(PostgresServer server, string slot, ConnectorContext context, CancellationToken over)
    {
        try
        {
            await Task.Delay(Long, context.Time, over).ConfigureAwait(false);
            NpgsqlConnection connection = await server.OpenAsync(over).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                using var command = new NpgsqlCommand(
                    "SELECT pg_catalog.string_agg(pid::text, ', ' ORDER BY xact_start) FROM pg_catalog.pg_stat_activity WHERE backend_xid IS NOT NULL AND pid <> pg_catalog.pg_backend_pid()", connection);
                string processes = await command.ExecuteScalarAsync(over).ConfigureAwait(false) as string ?? "unknown";
                context.Note($"the slot '{slot}' waits for transactions that are under way; their processes on the server: {processes}");
            }
        }
        catch (Exception e) when (e is OperationCanceledException or MillraceException or NpgsqlException or ObjectDisposedException)
        {
            // It is only a remark.
        }
    }
}
