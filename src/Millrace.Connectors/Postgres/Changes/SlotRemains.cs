using Millrace.Sdk;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>Removes what a job that is given up has left on the server: the slot, for which the server keeps its log, and the publication.</summary>
internal static class SlotRemains
{
    /// <summary>What the user of a new slot has to know.</summary>
    public static string Warning(string slot)
        => $"from now on the server keeps its log for the slot '{slot}' until the job has read it: give the job up with `millrace state reset`, which drops the slot";

    /// <param name="server">The server.</param>
    /// <param name="options">Names of the user's own.</param>
    /// <param name="context">The job.</param>
    /// <param name="table">The table. One of several leaves the others as they are.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>What was removed and what stays, a sentence each.</returns>
    public static ValueTask<List<string>> RemoveAsync(PostgresServer server, PostgresSourceOptions options, ConnectorContext context, TableName table, CancellationToken cancellation)
    {
        string name = context.Group is { } group ? SlotName.Of(context, group) : SlotName.Of(context, table);
        string publication = options.Publication ?? options.Slot ?? name;
        var guard = new SlotGuard(server, context, new ErrorPlace { Stream = table.ToString() });
        return server.AskAsync(
            async connection =>
            {
                var done = new List<string>();
                if (context.Group is not null && options.Publication is null)
                {
                    var shared = new SharedPublication(publication, isOwn: true);
                    if (await shared.MembersAsync(connection, cancellation).ConfigureAwait(false) is { } members)
                    {
                        if (members.Remove(table.ToString()))
                        {
                            await shared.RemoveAsync(connection, [table.ToString()], cancellation).ConfigureAwait(false);
                            done.Add($"{table} was taken out of the publication '{publication}'");
                        }

                        if (members.Count > 0)
                        {
                            done.Add($"the publication and its slot stay for {string.Join(", ", members.Order(StringComparer.Ordinal))}");
                            return done;
                        }
                    }
                }

                await DropSlotAsync(connection, guard, options, await Slots.FindNameAsync(connection, options.Slot ?? name, isWhole: options.Slot is not null || context.Group is null, cancellation).ConfigureAwait(false), done, cancellation).ConfigureAwait(false);
                if (options.Publication is null && await Publications.FindAsync(connection, publication, table, cancellation).ConfigureAwait(false) is not null)
                {
                    await Publications.DropAsync(connection, publication, cancellation).ConfigureAwait(false);
                    done.Add($"dropped the publication '{publication}'");
                }

                return done;
            },
            new ErrorPlace { Stream = table.ToString() },
            cancellation);
    }

    private static async ValueTask DropSlotAsync(NpgsqlConnection connection, SlotGuard guard, PostgresSourceOptions options, string? slot, List<string> done, CancellationToken cancellation)
    {
        if (slot is null)
        {
            return;
        }

        if (options.Slot is not null)
        {
            done.Add($"the slot '{slot}' is named by the job and stays, and the server keeps its log for it: SELECT pg_drop_replication_slot('{slot}');");
            return;
        }

        SlotInfo? info = await Slots.FindAsync(connection, slot, cancellation).ConfigureAwait(false);
        if (info is { Process: not null })
        {
            await guard.RequireFreeAsync(connection, slot, 0, cancellation).ConfigureAwait(false);
        }

        await Slots.DropAsync(connection, slot, cancellation).ConfigureAwait(false);
        done.Add($"dropped the replication slot '{slot}'");
    }
}
