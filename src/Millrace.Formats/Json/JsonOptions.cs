using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Millrace.Formats.Compression;
using Millrace.Formats.Text;

namespace Millrace.Formats.Json;

/// <summary>How the records of a file stand one after the other.</summary>
public enum JsonLayout
{
    /// <summary>Told by the first record. A written file gets lines.</summary>
    Auto,

    /// <summary>One object a line (JSON lines, NDJSON).</summary>
    Lines,

    /// <summary>Objects one after the other, with or without line breaks between or inside them.</summary>
    Concatenated,

    /// <summary>One array of objects.</summary>
    Array,
}

/// <summary>What happens to a field that the schema does not have.</summary>
public enum JsonUnknownFields
{
    /// <summary>The reader asks for a schema with the field, where the columns were inferred and all of them are read.</summary>
    Widen,

    /// <summary>The field is left out.</summary>
    Ignore,

    /// <summary>The record is a bad row.</summary>
    Fail,
}

/// <summary>What becomes of <c>\uD800</c> to <c>\uDFFF</c> that are not part of a pair.</summary>
public enum JsonLoneSurrogates
{
    /// <summary>The record is a bad row.</summary>
    Fail,

    /// <summary>U+FFFD stands in its place.</summary>
    Replace,
}

/// <summary>How bytes are written as text.</summary>
public enum JsonBytes
{
    Base64,

    /// <summary>PostgreSQL's form: <c>\x</c> and two digits a byte.</summary>
    Hex,
}

/// <summary>What a JSON file looks like.</summary>
public record JsonOptions : FormatOptions
{
    [Description("How records stand in the file: auto, lines, concatenated, array. `auto` looks at the first record; a written file gets lines.")]
    public JsonLayout Layout { get; init; }

    [Description("Path to the array that holds the records, such as `data.items`. Left out, the records stand at the top of the file.")]
    public string? Records { get; init; }

    [Description("Encoding of the text: utf-8, utf-16le, utf-16be, latin-1, windows-1252. Told by the first bytes if left out (single-byte encodings cannot be). Files are written in UTF-8.")]
    public string? Encoding { get; init; }

    [Description("Compression of the whole file: none, gzip, zstd, bzip2 (read only). Told by the first bytes or the file name if left out.")]
    public string? Compression { get; init; }

    [Description("Level of the compression of a written file; the codec's default if left out.")]
    public int? CompressionLevel { get; init; }

    [Description("What happens to a field that the schema does not have: widen (the schema gets it), ignore, fail (a bad row).")]
    public JsonUnknownFields UnknownFields { get; init; }

    [Description("What becomes of half a surrogate pair in a text: fail (a bad row) or replace (by U+FFFD).")]
    public JsonLoneSurrogates LoneSurrogates { get; init; }

    [Description("Whether texts that all are dates or timestamps in ISO 8601 become such when types are found out.")]
    public bool InferDates { get; init; } = true;

    [Description("Whether numbers with decimals become exact decimals instead of doubles when types are found out.")]
    public bool InferDecimals { get; init; }

    [Description("Records that are looked at to find out types.")]
    [Range(1, int.MaxValue)]
    public int SampleRows { get; init; } = 20_000;

    [Description("Bytes of text that are looked at to find out types.")]
    [Range(1024, 1 << 28)]
    public int SampleBytes { get; init; } = 1 << 20;

    [Description("Longest record, in bytes. A longer one is a bad row of JSON lines and ends the read elsewhere.")]
    [Range(16, 1 << 28)]
    public int MaxRecordBytes { get; init; } = 16 << 20;

    [Description("Most levels of objects and arrays in one record.")]
    [Range(1, 1000)]
    public int MaxDepth { get; init; } = 256;

    [Description("Most columns that are found out.")]
    [Range(1, 1 << 20)]
    public int MaxColumns { get; init; } = 16_384;

    [Description("A nested object with more fields than this becomes JSON text when types are found out: its fields are data, not structure.")]
    [Range(1, 1 << 20)]
    public int MaxStructFields { get; init; } = 500;

    [Description("How values of type bytes stand in texts: base64 or hex.")]
    public JsonBytes Bytes { get; init; }

    [Description("Whether fields that are null are written, or left out.")]
    public bool WriteNulls { get; init; } = true;

    public override IEnumerable<string> Validate()
    {
        if (Encoding is not null && !TextEncodings.TryParse(Encoding, out _))
        {
            yield return $"There is no encoding '{Encoding}'.";
        }

        if (Records is not null && Layout is not (JsonLayout.Auto or JsonLayout.Array))
        {
            yield return "The option 'records' leads to an array, so 'layout' is array or left out.";
        }

        if (Records is not null && Records.Split('.').Any(p => p.Length == 0))
        {
            yield return $"The option 'records' takes names joined with dots, found '{Records}'.";
        }
    }

    internal FileCodec? CodecOrNull => Compression is null ? null : FileCodecs.Parse(Compression);

    internal TextEncoding? EncodingOrNull => Encoding is null ? null : TextEncodings.Parse(Encoding);
}
