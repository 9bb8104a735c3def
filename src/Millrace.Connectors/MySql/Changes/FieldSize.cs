namespace Millrace.Connectors.MySql;

/// <summary>How long values of a column are in the log.</summary>
/// <param name="Prefix">Bytes that say how many follow; 0 where all values are equally long.</param>
/// <param name="Fixed">Bytes of a value that has no prefix.</param>
internal readonly record struct FieldSize(int Prefix, int Fixed)
{
    private const int MostDecimalDigits = 65;
    private const int MostFractionDigits = 6;
    private const int DigitsOfWord = 9;
    private const int LongestText = 255;

    /// <summary>Bytes that hold so many decimal digits, fewer than nine of which have less than a word.</summary>
    private static ReadOnlySpan<byte> DigitBytes => [0, 1, 1, 2, 2, 3, 3, 4, 4, 4];

    public static FieldSize Of(StreamColumn column) => column.Type switch
    {
        FieldType.Tiny or FieldType.Year => new(0, 1),
        FieldType.Short => new(0, 2),
        FieldType.Int24 or FieldType.Date or FieldType.NewDate or FieldType.OldTime => new(0, 3),
        FieldType.Long or FieldType.OldTimestamp => new(0, 4),
        FieldType.LongLong or FieldType.OldDateTime => new(0, 8),
        FieldType.Float => Known(column, column.Meta == sizeof(float), new(0, sizeof(float))),
        FieldType.Double => Known(column, column.Meta == sizeof(double), new(0, sizeof(double))),
        FieldType.Time => Known(column, column.Meta <= MostFractionDigits, new(0, 3 + ((column.Meta + 1) / 2))),
        FieldType.DateTime => Known(column, column.Meta <= MostFractionDigits, new(0, 5 + ((column.Meta + 1) / 2))),
        FieldType.Timestamp => Known(column, column.Meta <= MostFractionDigits, new(0, 4 + ((column.Meta + 1) / 2))),
        FieldType.Bit => Known(column, column.Meta is >= 1 and <= 64, new(0, (column.Meta + 7) / 8)),
        FieldType.Enum => Known(column, column.Meta is 1 or 2, new(0, column.Meta)),
        FieldType.Set => Known(column, column.Meta is >= 1 and <= sizeof(ulong), new(0, column.Meta)),
        FieldType.Decimal => Decimal(column),
        FieldType.VarChar or FieldType.String or FieldType.CompressedVarChar => new(column.Meta > LongestText ? 2 : 1, 0),
        FieldType.Blob or FieldType.Geometry or FieldType.Json or FieldType.Vector or FieldType.CompressedBlob => Known(column, column.Meta is >= 1 and <= 4, new(column.Meta, 0)),
        _ => throw LogErrors.Broken.Error($"A column has the type {(int)column.Type}, which is unknown here."),
    };

    /// <summary>Bytes of digits before or behind the point.</summary>
    public static int OfDigits(int digits) => (digits / DigitsOfWord * 4) + DigitBytes[digits % DigitsOfWord];

    private static FieldSize Decimal(StreamColumn column)
    {
        int precision = column.Meta >> 8;
        int scale = column.Meta & 0xff;
        return Known(column, precision is >= 1 and <= MostDecimalDigits && scale <= precision, default) with { Fixed = OfDigits(Math.Max(0, precision - scale)) + OfDigits(Math.Min(scale, MostDecimalDigits)) };
    }

    private static FieldSize Known(StreamColumn column, bool isKnown, FieldSize size)
        => isKnown ? size : throw LogErrors.Broken.Error($"A column of the type {column.Type} says {column.Meta} of its values.");
}
