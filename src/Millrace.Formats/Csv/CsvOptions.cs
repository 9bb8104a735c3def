using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Millrace.Formats.Compression;
using Millrace.Formats.Text;

namespace Millrace.Formats.Csv;

/// <summary>Which values a writer puts in quotes.</summary>
public enum CsvQuoting
{
    /// <summary>Those that would not be read back otherwise.</summary>
    Minimal,

    /// <summary>Every value that is not null.</summary>
    All,

    /// <summary>Every value of a column that is neither a number nor a boolean.</summary>
    NonNumeric,
}

/// <summary>How a writer ends its lines. Readers understand all endings.</summary>
public enum CsvLineEnding
{
    Lf,
    CrLf,
}

/// <summary>What becomes of rows with too few fields.</summary>
public enum CsvShortRows
{
    /// <summary>They are bad rows.</summary>
    Bad,

    /// <summary>Missing fields are null.</summary>
    Pad,
}

/// <summary>What becomes of rows with too many fields.</summary>
public enum CsvLongRows
{
    /// <summary>They are bad rows.</summary>
    Bad,

    /// <summary>Fields beyond the last column are dropped.</summary>
    Cut,
}

/// <summary>What a CSV file looks like. An option that is left out is found out from the file.</summary>
public record CsvOptions : FormatOptions
{
    [Description("Character between fields: one ASCII character, or `tab`, `comma`, `semicolon`, `pipe`, `space`. Found out from the file if left out; a written file gets a comma, or what its ending tells: a tab for `.tsv`, a pipe for `.psv`.")]
    public string? Delimiter { get; init; }

    [Description("Character around fields that hold delimiters or line ends; `none` if quotes mean nothing. Found out from the file if left out.")]
    public string? Quote { get; init; }

    [Description("Character that makes the next one literal. A doubled quote inside quotes is always understood; `none` leaves it at that. Found out from the file if left out.")]
    public string? Escape { get; init; }

    [Description("Whether the first row holds the names of the columns. Found out from the file if left out; a written file gets one.")]
    public bool? Header { get; init; }

    [Description("Names of the columns, in the order of the file; they replace those of a header.")]
    public IReadOnlyList<string>? Columns { get; init; }

    [Description("Encoding of the text: utf-8, utf-16le, utf-16be, latin-1, windows-1252. Told by the first bytes if left out (single-byte encodings cannot be). Files are written in UTF-8.")]
    public string? Encoding { get; init; }

    [Description("Compression of the whole file: none, gzip, zstd, bzip2 (read only). Told by the first bytes or the file name if left out.")]
    public string? Compression { get; init; }

    [Description("Level of the compression of a written file; the codec's default if left out.")]
    public int? CompressionLevel { get; init; }

    [Description("Unquoted texts that mean null. The first is the one written.")]
    public IReadOnlyList<string> NullValues { get; init; } = [""];

    [Description("Character before the decimals of a number: `.` or `,`. Found out from the file if left out; a written file gets a point.")]
    public string? DecimalSeparator { get; init; }

    [Description("Character between groups of digits, which is skipped in numbers.")]
    public string? ThousandsSeparator { get; init; }

    [Description("Form of dates, such as `%d.%m.%Y`. ISO 8601 is always understood; other forms are found out only where the values leave one possibility.")]
    public string? DateFormat { get; init; }

    [Description("Form of timestamps, such as `%d/%m/%Y %H:%M:%S`. ISO 8601 is always understood.")]
    public string? TimestampFormat { get; init; }

    [Description("Character that makes a line a comment when it stands first.")]
    public string? Comment { get; init; }

    [Description("Lines to skip before the header or the first row.")]
    [Range(0, int.MaxValue)]
    public int SkipRows { get; init; }

    [Description("Whether spaces around fields, and around their quotes, are dropped.")]
    public bool Trim { get; init; }

    [Description("Whether empty lines are skipped. By default they are, except in a file of one column, where an empty line is a null.")]
    public bool? SkipBlankLines { get; init; }

    [Description("What becomes of a row with fewer fields than the file has columns.")]
    public CsvShortRows ShortRows { get; init; }

    [Description("What becomes of a row with more fields than the file has columns.")]
    public CsvLongRows LongRows { get; init; }

    [Description("Whether rows may end with a delimiter that no field follows. Found out from the file if left out.")]
    public bool? TrailingDelimiter { get; init; }

    [Description("Rows that are looked at to find out types.")]
    [Range(1, int.MaxValue)]
    public int SampleRows { get; init; } = 20_000;

    [Description("Bytes of text that are looked at to find out dialect and types.")]
    [Range(1024, 1 << 28)]
    public int SampleBytes { get; init; } = 768 << 10;

    [Description("Whether every column is text; no types are found out.")]
    public bool AllText { get; init; }

    [Description("Whether numbers with decimals become exact decimals instead of doubles when types are found out.")]
    public bool InferDecimals { get; init; }

    [Description("Longest field, in bytes. A row with a longer one is a bad row; one of more than twice as many bytes ends the read: usually a quote was opened and never closed.")]
    [Range(1, 1 << 29)]
    public int MaxFieldBytes { get; init; } = 16 << 20;

    [Description("Most columns of a file.")]
    [Range(1, 1 << 20)]
    public int MaxColumns { get; init; } = 16_384;

    [Description("Which values are quoted in a written file.")]
    public CsvQuoting Quoting { get; init; }

    [Description("How lines of a written file end.")]
    public CsvLineEnding LineEnding { get; init; }

    /// <summary>Names that a job expects among those of the columns.</summary>
    internal IReadOnlyList<string> Expected { get; init; } = [];

    public override FormatOptions Expecting(IReadOnlyList<string> columns) => this with { Expected = columns };

    public override IEnumerable<string> Validate()
    {
        foreach ((string name, string? value) in ((string, string?)[])[("delimiter", Delimiter), ("quote", Quote), ("escape", Escape), ("comment", Comment), ("thousands_separator", ThousandsSeparator)])
        {
            if (value is not null && !CsvCharacter.TryParse(value, out _))
            {
                yield return $"The option '{name}' takes one ASCII character, found '{value}'.";
            }
        }

        if (DecimalSeparator is not (null or "." or ","))
        {
            yield return $"The option 'decimal_separator' takes '.' or ',', found '{DecimalSeparator}'.";
        }

        if (Encoding is not null && !TextEncodings.TryParse(Encoding, out _))
        {
            yield return $"There is no encoding '{Encoding}'.";
        }

        foreach ((string name, string? format) in ((string, string?)[])[("date_format", DateFormat), ("timestamp_format", TimestampFormat)])
        {
            if (format is not null && DateTimePattern.FindFault(format) is { } fault)
            {
                yield return $"The option '{name}' is not understood: {fault}.";
            }
        }

        if (Columns is { } names && names.Count != names.Distinct(StringComparer.OrdinalIgnoreCase).Count())
        {
            yield return $"The option 'columns' has '{names.GroupBy(n => n, StringComparer.OrdinalIgnoreCase).First(g => g.Count() > 1).Key}' more than once.";
        }

        if (NullValues.Count == 0)
        {
            yield return "The option 'null_values' needs at least one text.";
        }

        CsvDialect dialect = CsvDialect.Of(this);
        if (dialect.FindClash() is { } clash)
        {
            yield return clash;
        }
    }

    internal FileCodec? CodecOrNull => Compression is null ? null : FileCodecs.Parse(Compression);

    internal TextEncoding? EncodingOrNull => Encoding is null ? null : TextEncodings.Parse(Encoding);
}
