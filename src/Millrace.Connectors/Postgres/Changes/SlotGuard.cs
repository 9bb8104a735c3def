using Millrace.Sdk;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>Sees that a slot can be read, and drops one that is of no use.</summary>
internal sealed class SlotGuard(PostgresServer server, ConnectorContext context, ErrorPlace place)
{
    private static readonly TimeSpan BusyPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BusyPoll = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits until nobody uses a slot: the server may need a moment to notice that a run is dead which held it.</summary>
    /// <param name="connection">A connection.</param>
    /// <param name="name">The slot.</param>
    /// <param name="read">How far it was read, for messages.</param>
    /// <param name="cancellation">Stops it.</param>
    public async ValueTask<SlotInfo> RequireFreeAsync(NpgsqlConnection connection, string name, ulong read, CancellationToken cancellation)
    {
        long asked = context.Time.GetTimestamp();
        while (true)
        {
            SlotInfo slot = await Slots.FindAsync(connection, name, cancellation).ConfigureAwait(false)
                ?? throw ChangeErrors.SlotLost.Error($"There is no slot '{name}' any more. Changes after {ChangePosition.Text(read)} were for it.", place);
            RequireUsable(slot);
            if (slot.Process is not { } process)
            {
                return slot;
            }

            if (context.Time.GetElapsedTime(asked) > BusyPatience)
            {
                throw ChangeErrors.SlotBusy.Error($"The slot '{name}' is in use by the server's process {process}.", place, $"If no other run reads it, end the process: SELECT pg_terminate_backend({process});");
            }

            await Task.Delay(BusyPoll, context.Time, cancellation).ConfigureAwait(false);
        }
    }

    public void RequireUsable(SlotInfo slot)
    {
        if (slot.Plugin != "pgoutput" || !slot.IsOfDatabase)
        {
            throw ChangeErrors.SlotTaken.Error($"The slot '{slot.Name}' is {(slot.IsOfDatabase ? $"read with the plugin '{slot.Plugin}'" : "one of another database")}.", place);
        }

        if (slot.Status == "lost")
        {
            throw ChangeErrors.SlotLost.Error($"The server has removed log that the slot '{slot.Name}' needs: `max_slot_wal_keep_size` is {slot.MostRetained}.", place);
        }
    }

    /// <summary>Drops what a read has left that was not committed. What cannot be dropped is told.</summary>
    /// <param name="slot">The slot; null for none.</param>
    /// <param name="publication">The publication; null for none.</param>
    public async ValueTask DropAsync(string? slot, string? publication)
    {
        try
        {
            NpgsqlConnection connection = await server.OpenAsync(CancellationToken.None).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                if (slot is not null)
                {
                    await Slots.DropAsync(connection, slot, CancellationToken.None).ConfigureAwait(false);
                }

                if (publication is not null)
                {
                    await Publications.DropAsync(connection, publication, CancellationToken.None).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (e is MillraceException or NpgsqlException or IOException or TimeoutException)
        {
            context.Note($"{(slot is null ? $"the publication '{publication}'" : $"the replication slot '{slot}'")}, which is of no use any more, could not be dropped: {e.Message}");
        }
    }
}
