namespace Millrace.Formats;

/// <summary>Errors that several formats share. Each format keeps its own in its folder: CSV MR20xx, JSON MR21xx, Parquet MR22xx, Avro MR23xx, compression MR24xx.</summary>
public static class FormatErrors
{
    public static readonly ErrorCode UnknownFormat = new("MR2001", "The format of a file cannot be told.", "Name it with the option `format`.");
    public static readonly ErrorCode NotWritable = new("MR2002", "A format cannot be written.", "Choose another format for the target.");
    public static readonly ErrorCode TypeNotSupported = new("MR2003", "A format cannot hold a type.", "Convert the column, for example to varchar.");
    public static readonly ErrorCode ValueDoesNotFit = new("MR2004", "A value does not fit the type of its column.", "Choose a wider type for the column, or set failure.strategy to dead_letter to set such rows aside.", Class: ErrorClass.Data);
    public static readonly ErrorCode InvalidUtf8 = new("MR2005", "Text is not valid UTF-8.", "If the file has another encoding, name it with the option `encoding`.", Class: ErrorClass.Data);

    internal static MillraceException CannotWrite(FileFormat format)
        => NotWritable.Error($"Files of format {format.Name} can be read but not written.");
}
