namespace Millrace.Formats.Compression;

/// <summary>Errors of codecs, MR24xx. A codec knows no file: whoever calls one adds the place with <see cref="MillraceException.At"/>.</summary>
public static class CompressionErrors
{
    public static readonly ErrorCode CorruptDataCode = new("MR2401", "Compressed data is damaged.", "Fetch the file again from where it came from; compare its size and checksum.");
    public static readonly ErrorCode SizeMismatchCode = new("MR2402", "Compressed data does not have the size that its file declares.", "Fetch the file again from where it came from; compare its size and checksum.");
    public static readonly ErrorCode TooLargeCode = new("MR2403", "Compressed data grows beyond the limit.", "If the file is from a source you trust, raise the limit of its format's options.");
    public static readonly ErrorCode LibraryMissingCode = new("MR2404", "The zstd library is not installed.", "Install it: `apt-get install libzstd1` on Debian and Ubuntu, `brew install zstd` on macOS.", ErrorDomain.External);
    public static readonly ErrorCode TruncatedCode = new("MR2405", "A compressed file ends too early.", "The file was not written or transferred completely; fetch it again.");
    public static readonly ErrorCode ChecksumCode = new("MR2406", "Decompressed data does not match its checksum.", "Fetch the file again from where it came from.");
    public static readonly ErrorCode UnknownCodecCode = new("MR2407", "A compression codec is not known.", "Codecs are listed in the reference page of the format.");
    public static readonly ErrorCode LevelCode = new("MR2408", "A codec does not have the compression level.", "Leave the level out to get the codec's default.");

    internal static MillraceException Corrupt(string codec, string detail)
        => CorruptDataCode.Error($"The {codec} data is damaged: {detail}.");

    internal static MillraceException SizeMismatch(string codec, long found, long expected)
        => SizeMismatchCode.Error($"The {codec} data holds {found} bytes, expected {expected}.");

    internal static MillraceException LongerThanDeclared(string codec, long expected)
        => SizeMismatchCode.Error($"The {codec} data holds more than the expected {expected} bytes.");

    internal static MillraceException TooLarge(string codec, long limit)
        => TooLargeCode.Error($"The {codec} data decompresses to more than the limit of {limit} bytes.");

    internal static MillraceException LibraryMissing(string tried)
        => LibraryMissingCode.Error($"Data compressed with zstd needs the library libzstd (Debian package libzstd1), which was not found as {tried}.");

    internal static MillraceException TruncatedFile(string codec, string name, long offset)
        => TruncatedCode.Error($"The file ends in the middle of its {codec} data.", ErrorPlace.AtOffset(name, offset));

    internal static MillraceException CorruptFile(string codec, string name, long offset, string detail)
        => CorruptDataCode.Error($"The {codec} data is damaged near this place: {detail}.", ErrorPlace.AtOffset(name, offset));

    internal static MillraceException Checksum(string codec, string name, long offset, uint found, uint expected)
        => ChecksumCode.Error($"The {codec} data decompresses to bytes with CRC {found:x8}, expected {expected:x8}.", ErrorPlace.AtOffset(name, offset));

    internal static MillraceException UnknownCodec(string name, IEnumerable<string> known)
    {
        string[] names = [.. known];
        return UnknownCodecCode.Error($"There is no codec '{name}'{NearestName.Suggest(name, names)}. Codecs: {string.Join(", ", names)}.");
    }

    internal static MillraceException Level(string codec, int level, int min, int max)
        => LevelCode.Error(min == max
            ? $"The codec {codec} has no compression levels; found {level}."
            : $"The codec {codec} has compression levels {min} to {max}; found {level}.");
}
