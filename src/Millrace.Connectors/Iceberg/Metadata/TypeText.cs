using System.Globalization;
using System.Text.RegularExpressions;

namespace Millrace.Connectors.Iceberg;

/// <summary>Reads the names of primitive types as they stand in metadata (specification, "Schemas and Data Types" and appendix C).</summary>
internal static partial class TypeText
{
    /// <summary>The type; null when there is none of that name.</summary>
    public static IcebergPrimitive? Find(string name)
    {
        IcebergPrimitive? plain = name switch
        {
            "boolean" => IcebergType.Boolean,
            "int" => IcebergType.Int,
            "long" => IcebergType.Long,
            "float" => IcebergType.Float,
            "double" => IcebergType.Double,
            "date" => IcebergType.Date,
            "time" => IcebergType.Time,
            "timestamp" => IcebergType.Timestamp,
            "timestamptz" => IcebergType.TimestampTz,
            "timestamp_ns" => IcebergType.TimestampNs,
            "timestamptz_ns" => IcebergType.TimestampTzNs,
            "string" => IcebergType.String,
            "uuid" => IcebergType.Uuid,
            "binary" => IcebergType.Binary,
            _ => null,
        };
        return plain ?? Parameterised(name);
    }

    /// <summary>Whether the name is a type of the format that this program does not know what to do with.</summary>
    public static bool IsForeign(string name)
        => name is "unknown" or "variant" || name.StartsWith("geometry", StringComparison.Ordinal) || name.StartsWith("geography", StringComparison.Ordinal);

    private static IcebergPrimitive? Parameterised(string name)
    {
        if (Decimal().Match(name) is { Success: true } match)
        {
            int precision = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            int scale = int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
            return precision is >= 1 and <= Columnar.DataType.MaxDecimalPrecision && scale <= precision ? IcebergType.Decimal(precision, scale) : null;
        }

        return Fixed().Match(name) is { Success: true } found && int.TryParse(found.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out int length) && length is > 0 and <= MaxFixed
            ? IcebergType.Fixed(length)
            : null;
    }

    // One value has to fit in a batch many times over.
    private const int MaxFixed = 1 << 20;

    [GeneratedRegex(@"^decimal\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)$", RegexOptions.CultureInvariant)]
    private static partial Regex Decimal();

    [GeneratedRegex(@"^fixed\[\s*(\d{1,9})\s*\]$", RegexOptions.CultureInvariant)]
    private static partial Regex Fixed();
}
