using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Millrace.Formats.Avro;

/// <summary>How Avro files are read and written.</summary>
public record AvroOptions : FormatOptions
{
    [Description("Schema to read the files with, instead of their own: JSON, or the path of a file with it. Rows are resolved to it as the Avro specification says: promotions, defaults, aliases.")]
    public string? ReaderSchema { get; init; }

    [Description("Schema to write files with: JSON of a record, or the path of a file with it. Columns go to the fields of their names; fields without a column need a default. Made from the columns if left out.")]
    public string? Schema { get; init; }

    [Description("Codec of the blocks of a written file; null for none.")]
    [AllowedValues(AvroCodecs.None, "deflate", "snappy", "zstandard")]
    public string Compression { get; init; } = "snappy";

    [Description("Level of the compression of a written file; the codec's default if left out.")]
    public int? CompressionLevel { get; init; }

    [Description("Bytes of rows, before compression, after which a written block ends.")]
    [Range(1 << 10, 64 << 20)]
    public int BlockBytes { get; init; } = 256 << 10;

    [Description("Bytes, compressed or not, of the largest block that is read. A block is held in memory as a whole.")]
    [Range(1 << 10, 1 << 30)]
    public int MaxBlockBytes { get; init; } = 64 << 20;

    [Description("Name of the record type of a written file whose schema is made from the columns, with its namespace if it has one.")]
    public string RecordName { get; init; } = "row";

    [Description("Properties of a written file, names and texts. Names that begin with `avro.` are reserved.")]
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    [Description("Marker between the blocks of a written file, as 32 hexadecimal digits. Random if left out; set it where equal rows shall make equal files.")]
    public string? SyncMarker { get; init; }

    public override IEnumerable<string> Validate()
    {
        if (AvroCodecs.Find(Compression) is not { CanCompress: true } codec)
        {
            yield return $"compression: '{Compression}' is not one of {string.Join(", ", AvroCodecs.WritableNames)}{NearestName.Suggest(Compression, AvroCodecs.WritableNames)}.";
        }
        else if (CompressionLevel is { } level && (level < codec.MinLevel || level > codec.MaxLevel))
        {
            yield return $"compression_level: {Compression} has levels {codec.MinLevel} to {codec.MaxLevel}, found {level}.";
        }

        if (!AvroNames.IsFullName(RecordName))
        {
            yield return $"record_name: '{RecordName}' is not a name: letters, digits and '_', parts joined with dots, none beginning with a digit.";
        }

        foreach (string name in Metadata.Keys.Where(k => k.StartsWith(AvroHeader.ReservedPrefix, StringComparison.Ordinal)))
        {
            yield return $"metadata: the name '{name}' is reserved.";
        }

        if (SyncMarker is { } marker && (marker.Length != 2 * AvroHeader.SyncSize || !marker.All(char.IsAsciiHexDigit)))
        {
            yield return "sync_marker: expected 32 hexadecimal digits.";
        }
    }
}
