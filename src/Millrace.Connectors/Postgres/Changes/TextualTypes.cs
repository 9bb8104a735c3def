using System.Globalization;
using System.Text;
using Millrace.Columnar;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// Types that a query gets as text of the server, and the stream of changes in a binary form (the <c>send</c> function of the type), which is
/// turned into just that text here.
/// </summary>
internal static class TextualTypes
{
    private static readonly Dictionary<string, ValueText> ByName = new(StringComparer.Ordinal)
    {
        ["numeric"] = static (ref MessageBytes value, ReadOnlySpan<byte> data, StringBuilder text) => text.Append(Numeric.Text(data[..value.Rest()])),
        ["bit"] = Bits,
        ["varbit"] = Bits,
        ["macaddr"] = Hardware,
        ["macaddr8"] = Hardware,
        ["char"] = static (ref MessageBytes value, ReadOnlySpan<byte> _, StringBuilder text) => AppendChar(value.Byte(), text),
        ["pg_lsn"] = static (ref MessageBytes value, ReadOnlySpan<byte> _, StringBuilder text) => text.Append(ChangePosition.Text(value.UInt64())),
        ["xid8"] = static (ref MessageBytes value, ReadOnlySpan<byte> _, StringBuilder text) => text.Append(value.UInt64()),
        ["tid"] = static (ref MessageBytes value, ReadOnlySpan<byte> _, StringBuilder text) => text.Append(CultureInfo.InvariantCulture, $"({value.UInt32()},{(ushort)value.Int16()})"),
        ["timetz"] = TimeWithZone,
        ["jsonpath"] = Versioned,
        ["ltree"] = Versioned,
        ["lquery"] = Versioned,
        ["tsvector"] = Lexemes,
        ["point"] = static (ref MessageBytes value, ReadOnlySpan<byte> _, StringBuilder text) => Shapes.Point(ref value, text),
        ["lseg"] = static (ref MessageBytes value, ReadOnlySpan<byte> _, StringBuilder text) => Shapes.Points(ref value, 2, '[', ']', text),
        ["box"] = static (ref MessageBytes value, ReadOnlySpan<byte> _, StringBuilder text) => Shapes.Points(ref value, 2, null, null, text),
        ["line"] = static (ref MessageBytes value, ReadOnlySpan<byte> _, StringBuilder text) => Shapes.Line(ref value, text),
        ["circle"] = static (ref MessageBytes value, ReadOnlySpan<byte> _, StringBuilder text) => Shapes.Circle(ref value, text),
        ["polygon"] = static (ref MessageBytes value, ReadOnlySpan<byte> _, StringBuilder text) => Shapes.Points(ref value, value.Int32(), '(', ')', text),
        ["path"] = static (ref MessageBytes value, ReadOnlySpan<byte> _, StringBuilder text) => Shapes.Path(ref value, text),
        ["int4range"] = Ranges.Of(static (ReadOnlySpan<byte> value) => new MessageBytes(value).Int32().ToString(CultureInfo.InvariantCulture)),
        ["int8range"] = Ranges.Of(static (ReadOnlySpan<byte> value) => new MessageBytes(value).Int64().ToString(CultureInfo.InvariantCulture)),
        ["numrange"] = Ranges.Of(Numeric.Text),
        ["daterange"] = Ranges.Of(static (ReadOnlySpan<byte> value) => Moments.Date(new MessageBytes(value).Int32())),
        ["tsrange"] = Ranges.Of(static (ReadOnlySpan<byte> value) => Moments.Timestamp(new MessageBytes(value).Int64(), "")),
        ["tstzrange"] = Ranges.Of(static (ReadOnlySpan<byte> value) => Moments.Timestamp(new MessageBytes(value).Int64(), "+00")),
        ["hstore"] = Pairs,
    };

    /// <param name="type">The type.</param>
    /// <param name="column">Type of the column that a query gives.</param>
    public static TypeMapping? Find(PgType type, DataType column) => (type.IsBuiltIn, type.Name) switch
    {
        (true, "money") => new TypeMapping(column, capacity => new MoneyDecoder(column, capacity)),
        (true, _) or (_, "hstore" or "ltree" or "lquery") when ByName.TryGetValue(type.Name, out ValueText? write) => new TypeMapping(column, capacity => new TextualDecoder(column, write, capacity)),
        _ => null,
    };

    private static void Bits(ref MessageBytes value, ReadOnlySpan<byte> data, StringBuilder text)
    {
        int bits = value.Int32();
        int start = value.Take((int)(((long)bits + 7) / 8));
        for (int i = 0; i < bits; i++)
        {
            text.Append((data[start + (i / 8)] & (0x80 >> (i % 8))) != 0 ? '1' : '0');
        }
    }

    private static void Hardware(ref MessageBytes value, ReadOnlySpan<byte> data, StringBuilder text)
    {
        foreach (byte part in data[..value.Rest()])
        {
            text.Append(text.Length == 0 ? "" : ":").Append(part.ToString("x2", CultureInfo.InvariantCulture));
        }
    }

    // Bytes that are not ASCII are shown in octal (charout in the server).
    private static void AppendChar(byte value, StringBuilder text)
    {
        if (value >= 0x80)
        {
            text.Append('\\').Append(Convert.ToString(value, 8));
        }
        else if (value != 0)
        {
            text.Append((char)value);
        }
    }

    private static void TimeWithZone(ref MessageBytes value, ReadOnlySpan<byte> data, StringBuilder text)
    {
        text.Append(Moments.Time(value.Int64()));
        int west = value.Int32();
        int zone = Math.Abs(west);
        text.Append(CultureInfo.InvariantCulture, $"{(west > 0 ? '-' : '+')}{zone / 3600:00}");
        if (zone % 3600 != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $":{zone / 60 % 60:00}");
        }

        if (zone % 60 != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $":{zone % 60:00}");
        }
    }

    private static void Versioned(ref MessageBytes value, ReadOnlySpan<byte> data, StringBuilder text)
    {
        value.Byte();
        int start = value.At;
        text.Append(Encoding.UTF8.GetString(data.Slice(start, value.Rest())));
    }

    // Lexemes with their positions, whose two highest bits are the weight.
    private static void Lexemes(ref MessageBytes value, ReadOnlySpan<byte> data, StringBuilder text)
    {
        int count = value.Int32();
        for (int i = 0; i < count; i++)
        {
            string lexeme = value.Text().Replace("'", "''", StringComparison.Ordinal).Replace("\\", "\\\\", StringComparison.Ordinal);
            text.Append(i == 0 ? "'" : " '").Append(lexeme).Append('\'');
            int positions = value.Int16();
            for (int p = 0; p < positions; p++)
            {
                int position = (ushort)value.Int16();
                text.Append(p == 0 ? ':' : ',').Append(position & 0x3fff);
                text.Append((position >> 14) switch { 3 => "A", 2 => "B", 1 => "C", _ => "" });
            }
        }
    }

    // As jsonb shows an object.
    private static void Pairs(ref MessageBytes value, ReadOnlySpan<byte> data, StringBuilder text)
    {
        int count = value.Int32();
        text.Append('{');
        for (int i = 0; i < count; i++)
        {
            int length = value.Int32();
            text.Append(i == 0 ? "" : ", ");
            AppendJson(Encoding.UTF8.GetString(data.Slice(value.Take(length), length)), text);
            text.Append(": ");
            length = value.Int32();
            if (length < 0)
            {
                text.Append("null");
            }
            else
            {
                AppendJson(Encoding.UTF8.GetString(data.Slice(value.Take(length), length)), text);
            }
        }

        text.Append('}');
    }

    // escape_json in the server: control characters, quotes and backslashes, and nothing else.
    private static void AppendJson(string value, StringBuilder text)
    {
        text.Append('"');
        foreach (char c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }
}

/// <summary>Writes the text of one value.</summary>
/// <param name="value">Stands at the beginning of the value.</param>
/// <param name="data">The same bytes.</param>
/// <param name="text">Empty; gets the text.</param>
internal delegate void ValueText(ref MessageBytes value, ReadOnlySpan<byte> data, StringBuilder text);
