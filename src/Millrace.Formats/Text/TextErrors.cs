namespace Millrace.Formats.Text;

/// <summary>Errors of text files whatever their format.</summary>
public static class TextErrors
{
    public static readonly ErrorCode UnknownEncodingCode = new("MR2006", "A text encoding is not known.", "Convert the file to UTF-8.");
    public static readonly ErrorCode TruncatedTextCode = new("MR2007", "A UTF-16 file ends in the middle of a character.", "The file was not written or transferred completely; fetch it again.");
    public static readonly ErrorCode RangeNotReadableCode = new("MR2008", "A range of a file that is compressed or not UTF-8 cannot be read on its own.", "Read the whole file.", ErrorDomain.Internal);

    internal static MillraceException UnknownEncoding(string name, IEnumerable<string> known)
    {
        string[] names = [.. known];
        return UnknownEncodingCode.Error($"There is no encoding '{name}'{NearestName.Suggest(name, names)}. Encodings: {string.Join(", ", names)}.");
    }

    internal static MillraceException TruncatedText(string file, long length)
        => TruncatedTextCode.Error($"The text has {length} bytes, expected an even number.", ErrorPlace.InFile(file));

    internal static MillraceException RangeNotReadable(string file, FileRange range)
        => RangeNotReadableCode.Error($"Bytes {range.Start} to {range.End} were asked for; only the whole file can be decoded.", ErrorPlace.InFile(file));
}
