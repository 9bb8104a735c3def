namespace Millrace.Formats.Csv;

/// <summary>Where in the grammar the next byte stands.</summary>
internal enum CsvState : byte
{
    /// <summary>At the first byte of a record.</summary>
    RecordStart,

    /// <summary>At the first byte of another field.</summary>
    FieldStart,

    /// <summary>In a field without quotes, or behind the closing quote of one: quotes are literal.</summary>
    Unquoted,

    Quoted,

    /// <summary>Behind a quote in a quoted field: it closed the field, or a second one follows and both mean one.</summary>
    QuoteInQuoted,

    /// <summary>Among the spaces that follow a closing quote and are trimmed.</summary>
    AfterQuoted,

    /// <summary>Behind the escape character.</summary>
    EscapedUnquoted,
    EscapedQuoted,

    /// <summary>In a line that is a comment.</summary>
    Comment,
}
