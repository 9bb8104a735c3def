using Millrace.Columnar;

namespace Millrace.Formats;

/// <summary>What is known of a file before its rows are read. A format may subclass it to carry parsed metadata along.</summary>
public record FileInspection
{
    /// <summary>Every column of the file, in its order, under its own name.</summary>
    public required Schema Schema { get; init; }

    /// <summary>The options with all that was sniffed filled in; readers use these.</summary>
    public required FormatOptions Options { get; init; }

    /// <summary>
    /// Whether types were guessed from a sample. Then a later value may not fit, and the reader asks for a wider type with
    /// <see cref="SchemaWideningException"/> instead of calling the row bad.
    /// </summary>
    public bool IsInferred { get; init; }

    /// <summary>Rows in the file, when it says so.</summary>
    public long? Rows { get; init; }

    /// <summary>What was found, for people: <c>delimiter ';'</c>, <c>encoding utf-16le</c>, <c>created by parquet-cpp</c>.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
