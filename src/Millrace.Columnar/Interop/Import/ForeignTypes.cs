using System.Globalization;

namespace Millrace.Columnar.Interop;

/// <summary>Which of our types stands for a format string, and how its rows lie.</summary>
internal static class ForeignTypes
{
    /// <summary>Most bytes of a value of one length, most items of a list of one length.</summary>
    private const int MaxWidth = 1 << 20;

    /// <summary>Reads a format; the field's name and properties are the caller's to add.</summary>
    public static ShapeNode Parse(string format, ShapeNode[] children, string? extension)
    {
        ShapeNode node = format switch
        {
            "b" => Node(DataType.Boolean, ForeignLayout.Bit),
            "c" => Node(DataType.Int8),
            "C" => Node(DataType.UInt8),
            "s" => Node(DataType.Int16),
            "S" => Node(DataType.UInt16),
            "i" => Node(DataType.Int32),
            "I" => Node(DataType.UInt32),
            "l" => Node(DataType.Int64),
            "L" => Node(DataType.UInt64),
            "e" => Converted(DataType.Float32, format),
            "f" => Node(DataType.Float32),
            "g" => Node(DataType.Float64),
            "u" => Node(Text(extension), ForeignLayout.VarBinary),
            "U" => Node(Text(extension), ForeignLayout.LargeVarBinary),
            "z" => Node(DataType.Binary, ForeignLayout.VarBinary),
            "Z" => Node(DataType.Binary, ForeignLayout.LargeVarBinary),
            "vu" => Node(Text(extension), ForeignLayout.View),
            "vz" => Node(DataType.Binary, ForeignLayout.View),
            "n" => Node(DataType.Utf8, ForeignLayout.Null),
            "tdD" => Node(DataType.Date),
            "tdm" => Converted(DataType.Date, format),
            "tts" => Converted(DataType.Time(TimeUnit.Second), format),
            "ttm" => Converted(DataType.Time(TimeUnit.Millisecond), format),
            "ttu" => Node(DataType.Time(TimeUnit.Microsecond)),
            "ttn" => Node(DataType.Time(TimeUnit.Nanosecond)),
            "tin" => Node(DataType.Interval),
            "tiM" or "tiD" => Converted(DataType.Interval, format),
            "+s" => Node(DataType.Struct(Fields(children)), ForeignLayout.Struct) with { Children = children },
            "+l" => ListNode(format, children, ForeignLayout.List),
            "+L" => ListNode(format, children, ForeignLayout.LargeList),
            "+m" => MapNode(children),
            _ when format.StartsWith("d:", StringComparison.Ordinal) => DecimalNode(format),
            _ when format.StartsWith("w:", StringComparison.Ordinal) => FixedBinaryNode(format, extension),
            _ when format.StartsWith("+w:", StringComparison.Ordinal) => ListNode(format, children, ForeignLayout.FixedSizeList) with { ListSize = Number(format, format[3..], 0, MaxWidth) },
            _ when format.StartsWith("ts", StringComparison.Ordinal) => TimestampNode(format),
            _ => throw ArrowErrors.Unsupported(format, "there is no such type here"),
        };

        if (node.Children.Count != children.Length)
        {
            throw ArrowErrors.Invalid($"A type of format '{format}' has {children.Length} children, expected {node.Children.Count}");
        }

        return node;
    }

    private static ShapeNode Node(DataType type, ForeignLayout layout = ForeignLayout.Fixed) => new(new Field("", type), layout);

    private static ShapeNode Converted(DataType type, string source) => Node(type, ForeignLayout.Converted) with { Source = source };

    private static DataType Text(string? extension) => extension == ArrowMetadata.JsonExtension ? DataType.Json : DataType.Utf8;

    private static Field[] Fields(ShapeNode[] children) => Array.ConvertAll(children, c => c.Field);

    private static ShapeNode ListNode(string format, ShapeNode[] children, ForeignLayout layout) => children.Length == 1
        ? Node(DataType.List(children[0].Field), layout) with { Children = children }
        : throw ArrowErrors.Invalid($"A list of format '{format}' has {children.Length} children, expected 1");

    private static ShapeNode MapNode(ShapeNode[] children)
    {
        if (children is not [{ Layout: ForeignLayout.Struct, Children.Count: 2 } entries])
        {
            throw ArrowErrors.Invalid("A map has other children than one struct of key and value");
        }

        return Node(DataType.Map(entries.Children[0].Type, entries.Children[1].Field), ForeignLayout.Map) with { Children = children };
    }

    private static ShapeNode DecimalNode(string format)
    {
        string[] parts = format[2..].Split(',');
        if (parts.Length is not (2 or 3))
        {
            throw ArrowErrors.Invalid($"The format '{format}' is no decimal");
        }

        string width = parts.Length == 3 ? parts[2] : "128";
        if (width is not ("32" or "64" or "128"))
        {
            throw ArrowErrors.Unsupported(format, "decimals have 32, 64 or 128 bits");
        }

        int precision = Number(format, parts[0], 1, DataType.MaxDecimalPrecision);
        DataType type = DataType.Decimal(precision, Number(format, parts[1], 0, precision));
        return width == "128" ? Node(type) : Converted(type, $"d{width}");
    }

    private static ShapeNode FixedBinaryNode(string format, string? extension)
    {
        int width = Number(format, format[2..], 1, MaxWidth);
        return Node(width == 16 && extension == ArrowMetadata.UuidExtension ? DataType.Uuid : DataType.FixedBinary(width));
    }

    private static ShapeNode TimestampNode(string format)
    {
        int unit = format.Length > 3 && format[3] == ':' ? "smun".IndexOf(format[2], StringComparison.Ordinal) : -1;
        return unit >= 0
            ? Node(DataType.Timestamp((TimeUnit)unit, format.Length == 4 ? null : format[4..]))
            : throw ArrowErrors.Unsupported(format, "there is no such type here");
    }

    private static int Number(string format, string text, int min, int max)
        => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= min && value <= max
            ? value
            : throw ArrowErrors.Unsupported(format, $"'{text}' is not a number from {min} to {max}");
}
