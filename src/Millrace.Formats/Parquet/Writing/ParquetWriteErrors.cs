using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>What can go wrong when a Parquet file is written.</summary>
public static class ParquetWriteErrors
{
    public static readonly ErrorCode TypeCode = new("MR2250", "A Parquet file cannot hold a type.", "Convert the column, for example to varchar.");
    public static readonly ErrorCode ValueCode = new("MR2251", "A value cannot be stored in a Parquet file.", "Convert the column to a type that Parquet holds whole, for example to varchar.", Class: ErrorClass.Data);
    public static readonly ErrorCode NullCode = new("MR2252", "A column that must not be null holds a null.", "Declare the column as nullable, or fill in a default before it is written.", Class: ErrorClass.Data);
    public static readonly ErrorCode OptionCode = new("MR2253", "An option of the Parquet writer does not fit the columns.", "Compare the names with those of the columns, and the encodings with the types.");

    internal static MillraceException NoColumns() => TypeCode.Error("A table without columns cannot be written: Parquet needs one at least.");

    internal static MillraceException EmptyStruct(string path) => TypeCode.Error($"Column {path} is a struct without fields, which Parquet does not have.");

    internal static MillraceException Type(string path, DataType type) => TypeCode.Error($"Column {path} has the type {type}, which Parquet does not have.");

    internal static MillraceException TooDeep(string path) => TypeCode.Error($"Column {path} nests deeper than {LeafLayout.MaxLevel} levels.");

    internal static MillraceException NegativeInterval(Interval value)
        => ValueCode.Error($"The interval of {value.Months} months, {value.Days} days and {value.Nanoseconds} ns has a negative part; Parquet's intervals have none.");

    internal static MillraceException FineInterval(long nanoseconds)
        => ValueCode.Error($"The interval has {nanoseconds} ns, which are not whole milliseconds or more than 32 bits of them; Parquet's intervals count in milliseconds.");

    internal static MillraceException Seconds(long value, DataType type)
        => ValueCode.Error($"The {type} of {value} s does not fit the milliseconds that Parquet stores.");

    internal static MillraceException Decimal(Int128 value, DataType type)
        => ValueCode.Error($"The unscaled number {value} has more digits than {type}.");

    internal static MillraceException Null(string path) => NullCode.Error($"Column {path} is declared as not null and holds a null.");

    internal static MillraceException UnknownColumn(string option, string column, IEnumerable<string> columns)
        => OptionCode.Error($"The option {option} names the column '{column}', which does not exist{NearestName.Suggest(column, columns)}.");

    internal static MillraceException Encoding(string encoding, string path, PhysicalType type)
        => OptionCode.Error($"Column {path} is stored as {type}, which cannot have the encoding {encoding}.");
}
