using System.Buffers.Binary;

namespace Millrace.Connectors.MySql;

/// <summary>Reads the event that a transaction begins with (GTID_LOG_EVENT of MySQL, GTID_EVENT of MariaDB).</summary>
internal static class LogGroup
{
    // Of MariaDB: the event that follows is alone, and nothing ends it.
    private const byte Standalone = 1;
    private const int MariaNumberLength = 8 + 4;

    // Of MySQL: flags, identifier of the server, number, and the two numbers by which transactions are applied at once.
    private const int NumberLength = 1 + 16 + 8;
    private const byte HasCommitNumbers = 2;
    private const int CommitNumbersLength = 16;
    private const int TimeLength = 7;
    private const long OriginalTimeBit = 1L << 55;
    private const long MicrosecondsPerSecond = 1_000_000;

    /// <summary>When the transaction was committed, in microseconds since 1970, and whether it has begun with this event.</summary>
    public static (long CommittedAt, bool IsOpen) Read(in LogEvent header, ReadOnlySpan<byte> data)
    {
        long time = header.Time * MicrosecondsPerSecond;
        var bytes = new EventBytes(data);
        bytes.Take(LogEvent.HeaderLength);
        if (header.Type == LogEventType.MariaGtid)
        {
            bytes.Take(MariaNumberLength);
            return (time, (bytes.Byte() & Standalone) == 0);
        }

        if (header.Type == LogEventType.TaggedGtid || bytes.Left < NumberLength + 1 + CommitNumbersLength + TimeLength)
        {
            return (time, false);
        }

        bytes.Take(NumberLength);
        if (bytes.Byte() != HasCommitNumbers)
        {
            return (time, false);
        }

        bytes.Take(CommitNumbersLength);
        Span<byte> committed = stackalloc byte[sizeof(long)];
        bytes.Bytes(TimeLength).CopyTo(committed);
        return (BinaryPrimitives.ReadInt64LittleEndian(committed) & ~OriginalTimeBit, false);
    }
}
