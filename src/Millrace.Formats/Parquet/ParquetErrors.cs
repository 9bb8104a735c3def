using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>The messages of the Parquet format. The reader that knows file and column adds the place.</summary>
public static class ParquetErrors
{
    public static readonly ErrorCode NotParquetCode = new("MR2201", "A file is not a Parquet file.", "A Parquet file starts and ends with PAR1. If the file was cut short, copy it again.");
    public static readonly ErrorCode MetadataCode = new("MR2202", "The metadata of a Parquet file is damaged.", "Copy or write the file again.");
    public static readonly ErrorCode SchemaCode = new("MR2203", "The schema of a Parquet file is not valid.", "Write the file again with another program.");
    public static readonly ErrorCode PageCode = new("MR2204", "A page of a Parquet file is damaged.", "Copy or write the file again.");
    public static readonly ErrorCode NotSupportedCode = new("MR2205", "A Parquet file uses a feature that is not supported.", "Write the file again without it.");
    public static readonly ErrorCode EncryptedCode = new("MR2206", "A Parquet file is encrypted.", "Decrypt it with the program that wrote it; keys cannot be given here.");
    public static readonly ErrorCode ChecksumCode = new("MR2207", "A page of a Parquet file does not match its checksum.", "The file was damaged in storage or transfer; copy it again. `verify_checksums: false` reads it all the same.");
    public static readonly ErrorCode UnknownColumnCode = new("MR2208", "A column does not exist in a Parquet file.", "See the columns with `millrace discover`.");
    public static readonly ErrorCode ValueCode = new("MR2209", "A value of a Parquet file cannot be held by the type of its column.", "Choose another type for the column.", Class: ErrorClass.Data);
    public static readonly ErrorCode LimitCode = new("MR2210", "A Parquet file exceeds a limit.", "If the file is sound, raise the limit that the message names.");

    internal static MillraceException Metadata(string fault, long offset) => MetadataCode.Error($"The metadata cannot be read: {fault} (byte {offset} of it).");

    internal static MillraceException MetadataEnds(long offset) => MetadataCode.Error($"The metadata ends after {offset} bytes in the middle of a value.");

    internal static MillraceException MissingField(string structure, int id) => MetadataCode.Error($"The metadata cannot be read: {structure} lacks its field {id}.");

    internal static MillraceException Schema(string fault) => SchemaCode.Error($"The schema is not valid: {fault}.");

    internal static MillraceException Page(string fault) => PageCode.Error($"The page is damaged: {fault}.");

    internal static MillraceException NotSupported(string what) => NotSupportedCode.Error($"{what} is not supported.");

    internal static MillraceException NotSeekable()
        => NotParquetCode.Error("A Parquet file is read from its end, and this source has none that is known.", hint: "Uncompress the file or store it first; Parquet files compress inside.");

    internal static MillraceException TooShort(long length) => NotParquetCode.Error($"The file has {length} bytes, a Parquet file at least 12.");

    internal static MillraceException NoMagic(ReadOnlySpan<byte> found) => NotParquetCode.Error($"The file ends with the bytes {Convert.ToHexString(found)}, expected PAR1 (50415231).");

    internal static MillraceException FooterTooLong(uint length, long fileLength)
        => NotParquetCode.Error($"The file says that its footer has {length} bytes, more than fit into its {fileLength}.");

    internal static MillraceException FileEnds(long offset, long length)
        => NotParquetCode.Error($"The file ends before the {length} bytes at {offset} that belong to it.");

    internal static MillraceException EncryptedFooter() => EncryptedCode.Error("The footer is encrypted (the file ends with PARE).");

    internal static MillraceException Limit(string what, long found, long limit, string option)
        => LimitCode.Error($"{what} has {found} bytes, more than the {limit} that {option} allows.");

    internal static MillraceException ValuesMissing(int wanted, long left) => Page($"its bytes end after {left} of {wanted} values");

    internal static MillraceException BatchTooLarge(long limit)
        => LimitCode.Error($"The values of one batch need more than {limit} bytes.", hint: "Read fewer rows a batch.");

    internal static MillraceException DecimalTooLarge(int bytes) => ValueCode.Error($"A decimal of {bytes} bytes has more than 38 digits.");

    internal static MillraceException ChunkOutside(long start, long size, long fileLength)
        => MetadataCode.Error($"The column chunk of {size} bytes at {start} lies outside of the file of {fileLength} bytes.");

    internal static MillraceException PageSize(int compressed, int uncompressed, long left)
        => Page($"it says that it has {compressed} bytes, {uncompressed} without compression, and {left} are there");

    internal static MillraceException Checksum(uint found, uint expected)
        => ChecksumCode.Error($"The page has the checksum {found:x8}, expected {expected:x8}.");

    internal static MillraceException EncryptedColumn(string path) => EncryptedCode.Error($"The column '{path}' is encrypted.");

    internal static MillraceException RowsMissing(int rows) => Page($"the column chunk ends {rows} rows too early");

    internal static MillraceException TooManyEntries(int limit)
        => LimitCode.Error($"The lists of one batch have more than {limit} elements.", hint: "Read fewer rows a batch.");

    internal static MillraceException LeavesDisagree(string path, int found, int expected)
        => PageCode.Error($"The parts of a column do not fit together: '{path}' has {found} values where others have {expected}.");

    internal static MillraceException UnknownColumn(string name, Schema schema, string file)
        => UnknownColumnCode.Error($"There is no column '{name}'{NearestName.Suggest(name, schema.Fields.Select(f => f.Name))}.", ErrorPlace.InFile(file));
}
