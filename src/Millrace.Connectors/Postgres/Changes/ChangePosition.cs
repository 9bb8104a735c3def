using System.Text.Json.Nodes;
using Millrace.Sdk;
using NpgsqlTypes;

namespace Millrace.Connectors.Postgres;

/// <summary>How far the changes of a table are read.</summary>
/// <param name="Slot">The replication slot.</param>
/// <param name="End">Every transaction that was committed before this place in the log is read.</param>
/// <param name="Transaction">Place of the commit of a transaction that is read in part; 0 for none.</param>
/// <param name="Rows">Rows of that transaction that are read. The server gives them in the same order every time.</param>
internal readonly record struct ChangePosition(string Slot, ulong End, ulong Transaction = 0, long Rows = 0)
{
    private const int Version = 1;

    public Position ToPosition()
    {
        var json = new JsonObject { ["v"] = Version, ["slot"] = Slot, ["lsn"] = Text(End) };
        if (Transaction != 0)
        {
            json["transaction"] = Text(Transaction);
            json["rows"] = Rows;
        }

        return new Position(json);
    }

    /// <summary>Null for a position of another kind of read.</summary>
    public static ChangePosition? Find(Position? position)
    {
        if (position?.Value is not { } json || (string?)json["slot"] is not { } slot || !NpgsqlLogSequenceNumber.TryParse((string?)json["lsn"] ?? "", out NpgsqlLogSequenceNumber end))
        {
            return null;
        }

        return (string?)json["transaction"] is { } transaction && NpgsqlLogSequenceNumber.TryParse(transaction, out NpgsqlLogSequenceNumber commit)
            ? new ChangePosition(slot, (ulong)end, (ulong)commit, (long?)json["rows"] ?? 0)
            : new ChangePosition(slot, (ulong)end);
    }

    public static string Text(ulong lsn) => new NpgsqlLogSequenceNumber(lsn).ToString();
}
