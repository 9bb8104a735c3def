using System.Buffers.Binary;

namespace Millrace.Connectors.MySql;

/// <summary>Reads the event that a transaction begins with (GTID_LOG_EVENT of MySQL, GTID_EVENT of MariaDB).</summary>
internal static class LogGroup
{
    // Of MariaDB: the event that follows is alone, and nothing ends it.
    private const byte Standalone = 1;

    // Of MySQL: flags, identifier of the server, number, and the two numbers by which transactions are applied at once.
    private const int UuidLength = 16;
    private const int NumberLength = 1 + UuidLength + sizeof(ulong);
    private const byte HasCommitNumbers = 2;
    private const int CommitNumbersLength = 16;
    private const int TimeLength = 7;
    private const long OriginalTimeBit = 1L << 55;
    private const long MicrosecondsPerSecond = 1_000_000;

    /// <summary>What the event says.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="data">The event, without its checksum.</param>
    public static GroupStart Read(in LogEvent header, ReadOnlySpan<byte> data)
    {
        long time = header.Time * MicrosecondsPerSecond;
        var bytes = new EventBytes(data);
        bytes.Take(LogEvent.HeaderLength);
        if (header.Type == LogEventType.MariaGtid)
        {
            ulong number = bytes.UInt64();
            var gtid = new Gtid(bytes.UInt32(), header.Server, number);
            return new GroupStart(time, gtid, (bytes.Byte() & Standalone) == 0);
        }

        // The form of one with a tag is another.
        if (header.Type == LogEventType.TaggedGtid || bytes.Left < NumberLength)
        {
            return new GroupStart(time, null, false);
        }

        bytes.Take(1);
        UInt128 source = SourceGtids.ReadSource(bytes.Bytes(UuidLength));
        Gtid? own = header.Type == LogEventType.Gtid ? new Gtid(source, 0, bytes.UInt64()) : null;
        bytes.Take(own is null ? sizeof(ulong) : 0);
        if (bytes.Left < 1 + CommitNumbersLength + TimeLength || bytes.Byte() != HasCommitNumbers)
        {
            return new GroupStart(time, own, false);
        }

        bytes.Take(CommitNumbersLength);
        Span<byte> committed = stackalloc byte[sizeof(long)];
        bytes.Bytes(TimeLength).CopyTo(committed);
        return new GroupStart(BinaryPrimitives.ReadInt64LittleEndian(committed) & ~OriginalTimeBit, own, false);
    }
}

/// <summary>How a transaction begins.</summary>
/// <param name="CommittedAt">When it was committed, in microseconds since 1970.</param>
/// <param name="Gtid">Its number; null for none, and for one that is unknown here.</param>
/// <param name="IsOpen">Whether it has begun with this event.</param>
internal readonly record struct GroupStart(long CommittedAt, Gtid? Gtid, bool IsOpen);
