namespace Millrace.Formats.Avro;

/// <summary>Errors of Avro, MR23xx.</summary>
public static class AvroErrors
{
    public static readonly ErrorCode NotAvroCode = new("MR2301", "A file is not an Avro object container file.", "Check the format option; single messages without a container are not files.");
    public static readonly ErrorCode HeaderCode = new("MR2302", "The header of an Avro file is damaged.", "Fetch the file again from where it came from.");
    public static readonly ErrorCode SchemaCode = new("MR2303", "An Avro schema is not valid.", "Compare the schema with the Avro specification, section Schema Declaration.");
    public static readonly ErrorCode CodecCode = new("MR2304", "An Avro file uses a codec that is not known.", "Write the file with null, deflate, snappy, zstandard or bzip2.");
    public static readonly ErrorCode CorruptBlockCode = new("MR2305", "A block of an Avro file is damaged.", "Fetch the file again from where it came from.");
    public static readonly ErrorCode TruncatedCode = new("MR2306", "An Avro file ends too early.", "The file was not written or transferred completely; fetch it again.");
    public static readonly ErrorCode LimitCode = new("MR2307", "An Avro file exceeds a limit.", "If the file is from a source you trust, raise the limit with the options of the format.");
    public static readonly ErrorCode ResolutionCode = new("MR2308", "The schema of an Avro file does not resolve to the reader's schema.", "Give fields that are new a default, and use only the promotions of the specification.");
    public static readonly ErrorCode ValueCode = new("MR2309", "A value of an Avro file does not fit its type.", "Set failure.strategy to dead_letter to set such rows aside.", Class: ErrorClass.Data);
    public static readonly ErrorCode EncodeCode = new("MR2310", "A value cannot be written as the Avro schema asks.", "Convert the column, or choose another type in the schema.", Class: ErrorClass.Data);

    internal static MillraceException NotAvro(string file)
        => NotAvroCode.Error("The file does not begin with the bytes 'Obj' and 1.", ErrorPlace.AtOffset(file, 0));

    internal static MillraceException Header(string file, long offset, string detail)
        => HeaderCode.Error($"The header cannot be read: {detail}.", ErrorPlace.AtOffset(file, offset));

    internal static MillraceException Schema(string where, string detail)
        => SchemaCode.Error(where.Length == 0 ? $"The Avro schema is not valid: {detail}." : $"The Avro schema is not valid at {where}: {detail}.");

    internal static MillraceException SchemaFile(string path, string detail)
        => SchemaCode.Error($"The file of a schema cannot be read: {detail}.", new ErrorPlace { File = path }, "The option takes JSON or the path of a file with JSON.");

    internal static MillraceException Codec(string file, string codec)
        => CodecCode.Error($"The file is compressed with '{codec}'{NearestName.Suggest(codec, AvroCodecs.Names)}.", ErrorPlace.AtOffset(file, 0));

    internal static MillraceException CorruptBlock(string detail) => CorruptBlockCode.Error($"The block cannot be read: {detail}.");

    internal static MillraceException CorruptBlock(string file, long offset, string detail) => CorruptBlock(detail).At(ErrorPlace.AtOffset(file, offset));

    internal static MillraceException Truncated(string file, long offset, string what)
        => TruncatedCode.Error($"The file ends in the middle of {what}.", ErrorPlace.AtOffset(file, offset));

    internal static MillraceException Limit(string detail) => LimitCode.Error($"{detail}.");

    internal static MillraceException Resolution(string where, string detail)
        => ResolutionCode.Error(where.Length == 0 ? $"The schemas do not match: {detail}." : $"The schemas do not match at {where}: {detail}.");

    internal static MillraceException Encode(string column, string detail)
        => EncodeCode.Error($"A value cannot be written: {detail}.", new ErrorPlace { Field = column });

    internal static MillraceException Unwritable(string field, string detail)
        => EncodeCode.Error($"The rows cannot be written with the schema: {detail}.", field.Length == 0 ? null : new ErrorPlace { Field = field });
}
