using System.Globalization;
using System.Text;

namespace Millrace.TestKit;

/// <summary>
/// One value of any column as canonical JSON: whole numbers and decimals exact and unquoted, floats in the shortest form
/// that reads back (NaN and infinities quoted), times ISO 8601 with as many digits as the unit has and <c>Z</c> on
/// instants, binary as <c>"\x0a"</c>, structs and maps as objects, JSON as it stands. Slow and independent of the
/// library's own formatting.
/// </summary>
public static class ColumnText
{
    /// <summary>One row of a batch as a JSON object.</summary>
    public static string Row(RecordBatch batch, int row)
    {
        var text = new StringBuilder("{");
        for (int i = 0; i < batch.Columns.Count; i++)
        {
            Name(text, batch.Schema[i].Name, i);
            Json(text, batch[i], row);
        }

        return text.Append('}').ToString();
    }

    /// <summary>All rows of a batch, one JSON object each.</summary>
    public static IReadOnlyList<string> Rows(RecordBatch batch) => [.. Enumerable.Range(0, batch.Length).Select(r => Row(batch, r))];

    /// <summary>All values of a column.</summary>
    public static IReadOnlyList<string> Values(Column column) => [.. Enumerable.Range(0, column.Length).Select(r => Json(column, r))];

    /// <summary>One value as JSON.</summary>
    public static string Json(Column column, int row)
    {
        var text = new StringBuilder();
        Json(text, column, row);
        return text.ToString();
    }

    /// <summary>One value as people read it: as <see cref="Json(Column, int)"/>, without the quotes around a plain value.</summary>
    public static string Plain(Column column, int row)
    {
        if (column is BinaryColumn { Type.IsText: true } text && !column.IsNull(row))
        {
            return text.GetString(row);
        }

        string json = Json(column, row);
        return json is ['"', .., '"'] ? json[1..^1].Replace(@"\\", @"\", StringComparison.Ordinal) : json;
    }

    private static void Json(StringBuilder text, Column column, int row)
    {
        if (column.IsNull(row))
        {
            text.Append("null");
            return;
        }

        switch (column)
        {
            case BooleanColumn c: text.Append(c.Values[row] ? "true" : "false"); break;
            case DictionaryColumn c: Json(text, c.Dictionary, c.Indices[row]); break;
            case BinaryColumn { Type.Id: TypeId.Json } c: text.Append(c.GetString(row)); break;
            case BinaryColumn { Type.Id: TypeId.Utf8 } c: Quote(text, c.GetString(row)); break;
            case BinaryColumn c: Hex(text, c[row]); break;
            case FixedBinaryColumn { Type.Id: TypeId.Uuid } c: text.Append('"').Append(new Guid(c[row], bigEndian: true)).Append('"'); break;
            case FixedBinaryColumn c: Hex(text, c[row]); break;
            case ListColumn { Type.Id: TypeId.Map } c: Map(text, c, row); break;
            case ListColumn c: List(text, c, row); break;
            case StructColumn c: Struct(text, c, row); break;
            default: text.Append(Scalar(column, row)); break;
        }
    }

    private static string Scalar(Column column, int row) => column switch
    {
        FixedColumn<sbyte> c => Number(c.Values[row]),
        FixedColumn<short> c => Number(c.Values[row]),
        FixedColumn<byte> c => Number(c.Values[row]),
        FixedColumn<ushort> c => Number(c.Values[row]),
        FixedColumn<uint> c => Number(c.Values[row]),
        FixedColumn<ulong> c => Number(c.Values[row]),
        FixedColumn<int> { Type.Id: TypeId.Date } c => $"\"{Date(c.Values[row])}\"",
        FixedColumn<int> c => Number(c.Values[row]),
        FixedColumn<long> { Type.Id: TypeId.Time } c => $"\"{Time(c.Values[row], c.Type.Unit)}\"",
        FixedColumn<long> { Type.Id: TypeId.Timestamp } c => $"\"{Timestamp(c.Values[row], c.Type)}\"",
        FixedColumn<long> c => Number(c.Values[row]),
        FixedColumn<float> c => float.IsFinite(c.Values[row]) ? Number(c.Values[row]) : $"\"{Number(c.Values[row])}\"",
        FixedColumn<double> c => double.IsFinite(c.Values[row]) ? Number(c.Values[row]) : $"\"{Number(c.Values[row])}\"",
        FixedColumn<Int128> c => Decimal(c.Values[row], c.Type.Scale),
        FixedColumn<Interval> c => $"\"{Interval(c.Values[row])}\"",
        _ => throw new ArgumentException($"No text for {column.Type}."),
    };

    private static string Number(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private static string Decimal(Int128 value, int scale)
    {
        string digits = UInt128Abs(value).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        string sign = Int128.IsNegative(value) ? "-" : "";
        return scale == 0 ? sign + digits : $"{sign}{digits[..^scale]}.{digits[^scale..]}";
    }

    private static UInt128 UInt128Abs(Int128 value) => Int128.IsNegative(value) ? (UInt128)(-(value + 1)) + 1 : (UInt128)value;

    private static string Date(long days)
    {
        const long first = -719_162;
        return days is >= first and <= 2_932_896
            ? DateOnly.FromDayNumber((int)(days - first)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"1970-01-01{days:+0;-0} days");
    }

    private static string Time(long value, TimeUnit unit)
    {
        (long seconds, long fraction) = long.DivRem(value, unit.PerSecond());
        string digits = unit == TimeUnit.Second ? "" : "." + fraction.ToString(CultureInfo.InvariantCulture).PadLeft(unit.Digits(), '0');
        return string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:00}:{seconds / 60 % 60:00}:{seconds % 60:00}{digits}");
    }

    private static string Timestamp(long value, DataType type)
    {
        long perDay = 86_400 * type.Unit.PerSecond();
        long days = (long)Math.Floor((decimal)value / perDay);
        return $"{Date(days)}T{Time((long)(value - ((Int128)days * perDay)), type.Unit)}{(type.TimeZone is null ? "" : "Z")}";
    }

    private static string Interval(Interval value)
    {
        (long seconds, long nanos) = long.DivRem(value.Nanoseconds, 1_000_000_000);
        string sign = value.Nanoseconds < 0 ? "-" : "";
        return string.Create(CultureInfo.InvariantCulture, $"P{value.Months}M{value.Days}DT{sign}{Math.Abs(seconds)}.{Math.Abs(nanos):000000000}S");
    }

    private static void List(StringBuilder text, ListColumn column, int row)
    {
        text.Append('[');
        for (int i = column.Offsets[row]; i < column.Offsets[row + 1]; i++)
        {
            text.Append(i > column.Offsets[row] ? "," : "");
            Json(text, column.Items, i);
        }

        text.Append(']');
    }

    private static void Map(StringBuilder text, ListColumn column, int row)
    {
        var entries = (StructColumn)column.Items;
        text.Append('{');
        for (int i = column.Offsets[row]; i < column.Offsets[row + 1]; i++)
        {
            Name(text, Plain(entries.Fields[0], i), i - column.Offsets[row]);
            Json(text, entries.Fields[1], i);
        }

        text.Append('}');
    }

    private static void Struct(StringBuilder text, StructColumn column, int row)
    {
        text.Append('{');
        for (int i = 0; i < column.Fields.Count; i++)
        {
            Name(text, column.Type.Children[i].Name, i);
            Json(text, column.Fields[i], row);
        }

        text.Append('}');
    }

    private static void Name(StringBuilder text, string name, int index)
    {
        text.Append(index > 0 ? "," : "");
        Quote(text, name);
        text.Append(':');
    }

    private static void Hex(StringBuilder text, ReadOnlySpan<byte> bytes) => text.Append("\"\\\\x").Append(Convert.ToHexStringLower(bytes)).Append('"');

    private static void Quote(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (char c in value)
        {
            switch (c)
            {
                case '"' or '\\': text.Append('\\').Append(c); break;
                case '\n': text.Append("\\n"); break;
                case '\r': text.Append("\\r"); break;
                case '\t': text.Append("\\t"); break;
                case < ' ': text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"); break;
                default: text.Append(c); break;
            }
        }

        text.Append('"');
    }
}
