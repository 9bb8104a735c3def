namespace Millrace.Formats;

/// <summary>What a format can do, as data: <c>check</c>, the docs and the conformance tests read it.</summary>
public sealed record FormatCapabilities
{
    public bool CanRead { get; init; }

    public bool CanWrite { get; init; }

    /// <summary>The file carries its schema; nothing is inferred from values.</summary>
    public bool SelfDescribing { get; init; }

    /// <summary>Columns that are not asked for are not decoded.</summary>
    public bool PushesProjection { get; init; }

    /// <summary>Parts of a file that a predicate rules out are not read.</summary>
    public bool PushesPredicate { get; init; }

    /// <summary>One uncompressed file can be read as several ranges at once.</summary>
    public bool Splittable { get; init; }

    /// <summary>The format compresses by itself; a whole-file codec such as gzip makes no sense.</summary>
    public bool CompressesInside { get; init; }

    public bool Nested { get; init; }

    /// <summary>Rows may hold line ends, as within quotes: a line end is no sure end of a row.</summary>
    public bool MultilineRows { get; init; }

    /// <summary>A file can hold columns that its inspection did not meet; readers may be asked for any column.</summary>
    public bool OpenSchema { get; init; }
}
