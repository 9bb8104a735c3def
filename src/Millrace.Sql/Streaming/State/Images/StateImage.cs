namespace Millrace.Sql.Streaming;

/// <summary>
/// The layout of saved state: a magic and a version, then blocks. A block is the length of its body (4 bytes), a checksum of the
/// body (8), and the body, whose first byte says what it is. All numbers are little-endian.
/// <code>
/// manifest  1  JSON
/// rows      2  part (2), table (2), change (1), rows (4), columns as SpillColumns writes them
/// end       3  rows blocks before it (8)
/// </code>
/// A file without its end, or with anything behind it, is damaged.
/// </summary>
internal static class StateImage
{
    public const int MagicBytes = 8;

    public const int BlockHeaderBytes = 12;

    /// <summary>Bytes of a rows body before the columns.</summary>
    public const int RowsHeaderBytes = 10;

    /// <summary>Part of a batch that goes into one block, so that a block fits in memory many times over.</summary>
    public const int BlockRows = 64 << 10;

    public const byte Manifest = 1;
    public const byte Rows = 2;
    public const byte End = 3;

    /// <summary>Ends with the version.</summary>
    public static ReadOnlySpan<byte> Magic => "MRSTATE\x01"u8;
}
