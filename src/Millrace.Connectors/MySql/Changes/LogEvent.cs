using System.Buffers.Binary;

namespace Millrace.Connectors.MySql;

/// <summary>The header that every event begins with ("Binlog Event Header").</summary>
/// <param name="Time">When it happened, in seconds since 1970.</param>
/// <param name="Type">What it is.</param>
/// <param name="Server">Number of the server on which it happened first.</param>
/// <param name="Length">Bytes of the whole event.</param>
/// <param name="End">Place in the file behind it, of which the file has more digits where it is larger than 4 GiB; 0 for one that is not in the file.</param>
/// <param name="Flags">Flags.</param>
internal readonly record struct LogEvent(uint Time, LogEventType Type, uint Server, int Length, uint End, ushort Flags)
{
    public const int HeaderLength = 19;

    private const ushort ArtificialFlag = 0x20;
    private const ushort IgnorableFlag = 0x80;

    /// <summary>Whether the server made it for the reader, so that it takes no room in the file.</summary>
    public bool IsArtificial => (Flags & ArtificialFlag) != 0 || End == 0;

    /// <summary>Whether a reader that does not know the type may pass over it.</summary>
    public bool IsIgnorable => (Flags & IgnorableFlag) != 0;

    public static LogEvent Read(ReadOnlySpan<byte> data)
    {
        var bytes = new EventBytes(data);
        uint time = bytes.UInt32();
        byte type = bytes.Byte();
        uint server = bytes.UInt32();
        uint length = bytes.UInt32();
        uint end = bytes.UInt32();
        return length == data.Length
            ? new LogEvent(time, (LogEventType)type, server, data.Length, end, bytes.UInt16())
            : throw LogErrors.Broken.Error($"An event says that it has {length} bytes; {data.Length} were sent.");
    }

    /// <summary>The last four bytes of an event, where the log has checksums.</summary>
    public static uint Checksum(ReadOnlySpan<byte> data) => BinaryPrimitives.ReadUInt32LittleEndian(data[^sizeof(uint)..]);
}

/// <summary>Types of events, as far as they matter here.</summary>
internal enum LogEventType : byte
{
    Query = 2,
    Stop = 3,
    Rotate = 4,
    Incident = 26,
    Heartbeat = 27,
    FormatDescription = 15,
    Xid = 16,
    BeginLoadQuery = 17,
    ExecuteLoadQuery = 18,
    IntVar = 5,
    AppendBlock = 9,
    DeleteFile = 11,
    Rand = 13,
    UserVar = 14,
    TableMap = 19,
    WriteRowsV1 = 23,
    UpdateRowsV1 = 24,
    DeleteRowsV1 = 25,
    Ignorable = 28,
    RowsQuery = 29,
    WriteRows = 30,
    UpdateRows = 31,
    DeleteRows = 32,
    Gtid = 33,
    AnonymousGtid = 34,
    PreviousGtids = 35,
    TransactionContext = 36,
    ViewChange = 37,
    XaPrepare = 38,
    PartialUpdateRows = 39,
    TransactionPayload = 40,
    HeartbeatV2 = 41,
    TaggedGtid = 42,
    AnnotateRows = 160,
    BinlogCheckpoint = 161,
    MariaGtid = 162,
    MariaGtidList = 163,
    StartEncryption = 164,
    QueryCompressed = 165,
    WriteRowsCompressedV1 = 166,
    UpdateRowsCompressedV1 = 167,
    DeleteRowsCompressedV1 = 168,
    WriteRowsCompressed = 169,
    UpdateRowsCompressed = 170,
    DeleteRowsCompressed = 171,
}
