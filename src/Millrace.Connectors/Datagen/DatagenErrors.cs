using Millrace.Columnar;

namespace Millrace.Connectors.Datagen;

/// <summary>Errors of generated tables. Options that are unknown or unreadable are errors of options.</summary>
public static class DatagenErrors
{
    public static readonly ErrorCode BadField = new("MR3101", "A column cannot be generated as its options say.", "See the kinds and what they take with `millrace connectors describe datagen`.");
    public static readonly ErrorCode OutOfRange = new("MR3102", "Generated values leave the range of the column's type.", "Take a wider type, fewer rows, or `cycle` of a sequence.");
    public static readonly ErrorCode Endless = new("MR3103", "A generated table has no end.", "Set `rows`, follow the table, or read it with LIMIT (on the command line: --limit).");
    public static readonly ErrorCode NoColumns = new("MR3104", "A generated table has no columns.", "Declare them in the statement, or set `columns` or `fields`.");

    internal static MillraceException Field(string column, string what, ErrorPlace place, string? hint = null)
        => BadField.Error($"The column '{column}' {what}.", place with { Field = column }, hint);

    internal static MillraceException Leaves(string column, DataType type, long first, long last)
        => OutOfRange.Error($"The values of rows {first} to {last} do not fit the column '{column}' of type {type}.", new ErrorPlace { Field = column });
}
