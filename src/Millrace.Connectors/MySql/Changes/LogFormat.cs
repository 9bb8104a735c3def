using Millrace.Formats.Compression;

namespace Millrace.Connectors.MySql;

/// <summary>How the events of a file are written (FORMAT_DESCRIPTION_EVENT).</summary>
/// <param name="Created">When the file was begun, in seconds since 1970: what tells it from another of the same name.</param>
/// <param name="HasChecksums">Whether a CRC-32 stands behind every event.</param>
/// <param name="TableIdLength">Bytes of the number of a table.</param>
/// <param name="FollowsStart">Whether it is the first file since the server was started, so that no transaction reaches into it.</param>
internal sealed record LogFormat(uint Created, bool HasChecksums, int TableIdLength, bool FollowsStart)
{
    private const int VersionLength = 50;
    private const ushort KnownVersion = 4;
    private const byte NoChecksums = 0;
    private const byte Crc32Checksums = 1;
    private const byte UnknownChecksums = 255;
    private const int ChecksumLength = sizeof(uint);

    // Length of the fixed part of TABLE_MAP_EVENT in versions that number tables with four bytes.
    private const int ShortTableHeader = 6;

    /// <summary>Reads the description; it has a checksum wherever the version of the server knows them, even one that is not used.</summary>
    public static LogFormat Read(in LogEvent header, ReadOnlySpan<byte> data)
    {
        var bytes = new EventBytes(data);
        bytes.Take(LogEvent.HeaderLength);
        ushort version = bytes.UInt16();
        if (version != KnownVersion)
        {
            throw LogErrors.Broken.Error($"The binary log has the version {version}; {KnownVersion} can be read.");
        }

        bytes.Take(VersionLength);
        uint started = bytes.UInt32();
        if (bytes.Byte() != LogEvent.HeaderLength)
        {
            throw LogErrors.Broken.Error("The binary log has events with longer headers.");
        }

        if (bytes.Left < (int)LogEventType.RowsQuery + 1 + ChecksumLength)
        {
            throw LogErrors.Broken.Error("The server is too old: its binary log knows no checksums.", hint: "MariaDB 10.5 or MySQL 8.0 is needed.");
        }

        ReadOnlySpan<byte> lengths = bytes.Bytes(bytes.Left - ChecksumLength - 1);
        byte algorithm = bytes.Byte();
        if (algorithm is not (NoChecksums or Crc32Checksums or UnknownChecksums))
        {
            throw LogErrors.Broken.Error($"The binary log has checksums of the kind {algorithm}.");
        }

        return new LogFormat(header.Time, algorithm == Crc32Checksums, lengths[(int)LogEventType.TableMap - 1] == ShortTableHeader ? 4 : 6, started != 0);
    }

    /// <summary>Whether the last four bytes of an event are the checksum of the others.</summary>
    public static bool EndsWithChecksum(ReadOnlySpan<byte> data)
        => data.Length >= LogEvent.HeaderLength + ChecksumLength && Crc32.Compute(data[..^ChecksumLength]) == LogEvent.Checksum(data);

    /// <summary>The event without its checksum; fails where that does not fit.</summary>
    public ReadOnlySpan<byte> Checked(ReadOnlySpan<byte> data)
    {
        if (!HasChecksums)
        {
            return data;
        }

        if (data.Length < LogEvent.HeaderLength + ChecksumLength)
        {
            throw LogErrors.Broken.Error($"An event of {data.Length} bytes has no room for its checksum.");
        }

        ReadOnlySpan<byte> content = data[..^ChecksumLength];
        uint found = Crc32.Compute(content);
        uint expected = LogEvent.Checksum(data);
        return found == expected ? content : throw LogErrors.Broken.Error($"The checksum of an event is {found:x8}; it should be {expected:x8}.");
    }
}
