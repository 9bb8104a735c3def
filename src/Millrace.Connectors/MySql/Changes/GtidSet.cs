namespace Millrace.Connectors.MySql;

/// <summary>Number of a transaction, which it keeps on every server that it goes to (GTID).</summary>
/// <param name="Source">Where it was made: the uuid of a server of MySQL, a domain of MariaDB.</param>
/// <param name="Server">Server of MariaDB that made it; 0 for MySQL.</param>
/// <param name="Number">Number there.</param>
internal readonly record struct Gtid(UInt128 Source, uint Server, ulong Number);

/// <summary>Transactions that are read. MariaDB and MySQL mean different things by their numbers, and write them in different ways.</summary>
internal abstract class GtidSet
{
    /// <summary>Reads the texts that servers show, and that sets give of themselves; null for none, and for a kind that is unknown here.</summary>
    public static GtidSet? Parse(string? text)
    {
        ReadOnlySpan<char> trimmed = text.AsSpan().Trim();
        return trimmed.IsEmpty ? null
            : trimmed.Contains(':') ? SourceGtids.TryParse(trimmed)
            : DomainGtids.TryParse(trimmed);
    }

    public abstract void Add(in Gtid gtid);
}
