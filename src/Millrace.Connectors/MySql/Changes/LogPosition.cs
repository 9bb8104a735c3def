using System.Globalization;
using System.Text.Json.Nodes;
using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>How far the binary log is read.</summary>
/// <param name="File">Name of the file.</param>
/// <param name="At">Place in it: every transaction that begins before is read.</param>
/// <param name="Created">When the file was begun, in seconds since 1970; 0 where that was not told yet.</param>
/// <param name="Transaction">Place of the beginning of a transaction that is read in part; 0 for none.</param>
/// <param name="Rows">Rows of that transaction that are read.</param>
internal readonly record struct LogPosition(string File, long At, uint Created = 0, ulong Transaction = 0, long Rows = 0)
{
    /// <summary>Where the events of a file begin.</summary>
    public const long FirstEvent = 4;

    private const int Version = 1;
    private const int OffsetBits = 40;

    /// <summary>The transactions that are read, by their numbers (<see cref="GtidSet"/>); null where they have none, or these are not known yet.</summary>
    public string? Gtids { get; init; }

    /// <summary>The server whose file it is; null where that was not told yet.</summary>
    public string? Server { get; init; }

    /// <summary>What is added to the number of the file for <see cref="Place"/>, so that places go on growing when another server numbers its files anew.</summary>
    public long Shift { get; init; }

    /// <summary>The place as one number that grows from file to file: what positions of rows are made of.</summary>
    public ulong Place => Of(File, At, Shift);

    /// <summary>
    /// Where the server can be asked to begin. It takes no place beyond 4 GiB: a file that is larger ends with the transaction that made it so.
    /// </summary>
    public LogPosition Reachable => At <= uint.MaxValue ? this : this with { File = Next(File), At = FirstEvent, Created = 0 };

    public static ulong Of(string file, long at, long shift = 0) => ((ulong)((long)Number(file) + shift) << OffsetBits) | ((ulong)at & ((1UL << OffsetBits) - 1));

    /// <summary>The place in the file.</summary>
    public static long OffsetOf(ulong place) => (long)(place & ((1UL << OffsetBits) - 1));

    /// <summary>Reads <c>file:place</c>; null for none.</summary>
    public static LogPosition? Parse(string? text)
    {
        int colon = text?.LastIndexOf(':') ?? -1;
        return colon > 0 && long.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long at) ? new LogPosition(text![..colon], at) : null;
    }

    public Position ToPosition()
    {
        var json = new JsonObject { ["v"] = Version, ["log"] = ToString(), ["created"] = Created };
        if (Gtids is not null)
        {
            json["gtid"] = Gtids;
        }

        if (Server is not null)
        {
            json["server"] = Server;
        }

        if (Shift != 0)
        {
            json["shift"] = Shift;
        }

        if (Transaction != 0)
        {
            json["transaction"] = Transaction;
            json["rows"] = Rows;
        }

        return new Position(json);
    }

    /// <summary>Null for a position of another kind of read.</summary>
    public static LogPosition? Find(Position? position)
        => position?.Value is { } json && Parse((string?)json["log"]) is { } place
            ? place with
            {
                Created = (uint?)json["created"] ?? 0,
                Gtids = (string?)json["gtid"],
                Server = (string?)json["server"],
                Shift = (long?)json["shift"] ?? 0,
                Transaction = (ulong?)json["transaction"] ?? 0,
                Rows = (long?)json["rows"] ?? 0,
            }
            : null;

    /// <summary>As messages name it: the numbers of the transactions, and where they stand.</summary>
    public string Describe() => Gtids is null ? ToString() : $"{Gtids} ({this})";

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}:{At}");

    /// <summary>The number that a file has behind the last dot of its name.</summary>
    public static ulong Number(string file)
        => ulong.TryParse(file.AsSpan(file.LastIndexOf('.') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) && number >> (64 - OffsetBits) == 0
            ? number
            : throw LogErrors.Broken.Error($"'{file}' is not the name of a file of a binary log.");

    private static string Next(string file)
    {
        int dot = file.LastIndexOf('.') + 1;
        return file[..dot] + (Number(file) + 1).ToString(CultureInfo.InvariantCulture).PadLeft(file.Length - dot, '0');
    }
}
