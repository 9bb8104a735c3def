using Millrace.Columnar;

namespace Millrace;

/// <summary>The messages of this project: what was found, what was expected, what to do.</summary>
public static class ColumnarErrors
{
    public static readonly ErrorCode UnknownTypeCode = new("MR2901", "A type name is not known.", "Types are listed in docs/reference/types.md.");
    public static readonly ErrorCode ValueOutOfRangeCode = new("MR2902", "A value does not fit the type of its column.", "Choose a wider type for the column, or set a failure strategy that sets bad rows aside.", Class: ErrorClass.Data);
    public static readonly ErrorCode UnknownColumnCode = new("MR2903", "A column does not exist.", "See the columns with `millrace discover`.");
    public static readonly ErrorCode ColumnTooLargeCode = new("MR2904", "A batch holds more than 2 GiB of one column.", "Use smaller batches.", ErrorDomain.Internal);
    public static readonly ErrorCode CastNotPossibleCode = new("MR2905", "One type cannot be converted into another.", "Convert through varchar, or choose another type.");

    internal static MillraceException UnknownType(string name, string detail)
        => UnknownTypeCode.Error($"Type '{name}': {detail}.");

    internal static MillraceException UnknownColumn(string name, Schema schema)
        => UnknownColumnCode.Error($"There is no column '{name}'{NearestName.Suggest(name, schema.Fields.Select(f => f.Name))}. Columns: {Shorten(schema)}.");

    internal static MillraceException CastNotPossible(DataType from, DataType to)
        => CastNotPossibleCode.Error($"{from} cannot be converted into {to}.");

    internal static MillraceException ColumnTooLarge(string what)
        => ColumnTooLargeCode.Error($"A column of {what} would need more than 2 GiB in one batch.");

    private static string Shorten(Schema schema)
    {
        const int shown = 12;
        string names = string.Join(", ", schema.Fields.Take(shown).Select(f => f.Name));
        return schema.Count > shown ? $"{names} and {schema.Count - shown} more" : names;
    }
}
