namespace Millrace.Connectors.Postgres;

/// <summary>What one table has to do with a slot that several share. Whoever holds the lock of its <see cref="FeedRouter"/> uses it.</summary>
internal sealed class TableStake(string name)
{
    public string Name => name;

    /// <summary>Oid of the table; 0 before it is known.</summary>
    public uint Oid { get; set; }

    public StakeKind Kind { get; set; }

    /// <summary>The target has committed every transaction that was committed before this place.</summary>
    public ulong Acknowledged { get; set; }

    /// <summary>Place of the commit of the last transaction with changes of the table that the stream had; 0 for none since it began.</summary>
    public ulong LastCommit { get; set; }

    /// <summary>Takes its messages; null while nobody reads.</summary>
    public TableFeed? Feed { get; set; }

    /// <summary>Where the feed begins.</summary>
    public ulong BeginsAt { get; set; }

    /// <summary>Transactions committed up to here are in the feed, or were there before it.</summary>
    public ulong DoneCommit { get; set; }

    /// <summary>Place of the commit of the transaction that is in the feed in part.</summary>
    public ulong PartCommit { get; set; }

    /// <summary>How many of its messages are.</summary>
    public long PartMessages { get; set; }

    /// <summary>Whether the feed has the beginning of a transaction, and not yet its end.</summary>
    public bool IsWithinTransaction { get; set; }

    /// <summary>The columns that the feed was told of last.</summary>
    public byte[]? Relation { get; set; }

    /// <summary>Number of the last transaction of the stream that had messages of the table.</summary>
    public long Transaction { get; set; }

    /// <summary>How many it had so far.</summary>
    public long Seen { get; set; }
}

internal enum StakeKind
{
    /// <summary>It needs nothing that lies behind: it will be read from its beginning, if at all.</summary>
    None,

    /// <summary>How far its target is has yet to be told: nothing may be forgotten.</summary>
    Unknown,

    /// <summary>It goes on behind what was acknowledged.</summary>
    Held,
}
