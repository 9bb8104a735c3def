using Millrace.Columnar;

namespace Millrace.Formats.MarkdownKv;

/// <summary>Errors of Markdown documents.</summary>
public static class MarkdownKvErrors
{
    public static readonly ErrorCode FrontMatterCode = new("MR2501", "The front matter of a document cannot be read.", "Write it as mappings, lists and scalars of YAML without anchors and tags; or as JSON.", Class: ErrorClass.Data);
    public static readonly ErrorCode TooLongCode = new("MR2502", "A document is longer than the limits allow.", "Raise max_document_bytes or max_keys.", Class: ErrorClass.Data);
    public static readonly ErrorCode ProseCode = new("MR2503", "A document holds text that is no key.", "Set prose to keep or ignore.", Class: ErrorClass.Data);
    public static readonly ErrorCode NotWritableCode = new("MR2504", "A row cannot be written as a document.", "Look at the columns that the layout needs, in the guide of the format.");

    internal static MillraceException MissingColumn(string file, string layout, string column, Schema schema)
        => NotWritableCode.Error(
            $"The layout {layout} needs a column '{column}'{NearestName.Suggest(column, schema.Fields.Select(f => f.Name))}; the rows have {schema}.",
            ErrorPlace.InFile(file));

    internal static MillraceException ColumnType(string file, Field column, string expected)
        => NotWritableCode.Error($"Column '{column.Name}' is {column.Type}, expected {expected}.", ErrorPlace.InFile(file) with { Field = column.Name });

    internal static MillraceException DocumentTooLong(string file, string id, int limit)
        => TooLongCode.Error($"The document '{id}' has more than {limit} bytes.", ErrorPlace.InFile(file));

    internal static MillraceException NotADocument(string file, string id, string found)
        => NotWritableCode.Error($"The document '{id}' is {found}, expected a JSON object.", ErrorPlace.InFile(file));
}
