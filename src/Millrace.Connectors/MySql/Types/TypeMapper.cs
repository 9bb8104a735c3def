using System.Globalization;
using Millrace.Columnar;

namespace Millrace.Connectors.MySql;

/// <summary>Finds the column type, and the way to it, for each column of a table.</summary>
internal sealed class TypeMapper
{
    private readonly MySqlSourceOptions _options;

    public TypeMapper(MySqlSourceOptions options)
    {
        if (options.Time.Id is not (TypeId.Time or TypeId.Interval))
        {
            throw MySqlErrors.BadOption.Error($"`time` is {options.Time}; it can be time or interval.");
        }

        if (options.Decimal.Id is not (TypeId.Decimal or TypeId.Utf8))
        {
            throw MySqlErrors.BadOption.Error($"`decimal` is {options.Decimal}; it can be a decimal or varchar.");
        }

        _options = options;
    }

    public TypeMapping Map(ColumnInfo column)
    {
        // ZEROFILL only pads what is shown.
        switch (column.Type)
        {
            case "decimal" or "numeric":
                DataType number = column.Precision <= DataType.MaxDecimalPrecision && column.Precision > 0 ? DataType.Decimal(column.Precision, column.Scale) : _options.Decimal;
                return number.Id == TypeId.Decimal ? new TypeMapping(number, (capacity, _) => new DecimalDecoder(number, capacity)) : BuiltInTypes.Utf8;
            case "bit":
                return column.TypeText.Equals("bit(1)", StringComparison.OrdinalIgnoreCase)
                    ? new TypeMapping(DataType.Boolean, static (capacity, _) => new BitDecoder(capacity))
                    : new TypeMapping(DataType.UInt64, static (capacity, _) => new BitsDecoder(capacity));
            case "time":
                return _options.Time.Id == TypeId.Interval
                    ? new TypeMapping(DataType.Interval, static (capacity, _) => new DurationDecoder(capacity))
                    : new TypeMapping(DataType.Time(), static (capacity, _) => new TimeDecoder(capacity));
            case "tinyint" when _options.TinyintAsBoolean && column.TypeText.StartsWith("tinyint(1)", StringComparison.OrdinalIgnoreCase):
                return BuiltInTypes.TinyBoolean;
            case "longtext" when column.IsCheckedJson:
                return BuiltInTypes.Json;
            default:
                string name = column.Type == "double precision" ? "double" : column.Type;
                return (column.IsUnsigned ? BuiltInTypes.Find($"{name} unsigned") : null) ?? BuiltInTypes.Find(name) ?? BuiltInTypes.Text;
        }
    }

    /// <summary>A constant of a column's type in SQL, out of the text that the server sends.</summary>
    public static string Constant(ColumnInfo column, string text) => column.Type switch
    {
        "binary" or "varbinary" or "tinyblob" or "blob" or "mediumblob" or "longblob" => $"x'{text}'",
        "tinyint" or "smallint" or "mediumint" or "int" or "bigint" or "decimal" or "year" when decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out _) || text.AsSpan().IndexOfAnyExcept("0123456789-.") < 0 => text,
        _ => SqlText.Literal(text),
    };
}
