using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Millrace.Columnar;

namespace Millrace.Formats.Tests.Parquet;

/// <summary>
/// Values as DuckDB gives them through the oracle's canonical JSON, made from a column without the library under test.
/// Dates and times are asked for as numbers, which <see cref="Projection"/> says how.
/// </summary>
internal static class OracleValues
{
    /// <summary>The SQL expression under which a column compares with <see cref="Expected"/>.</summary>
    public static string Projection(Field field) => field.Type.Id switch
    {
        TypeId.Date => $"date_diff('day', DATE '1970-01-01', {field.Name})",
        TypeId.Time => field.Type.Unit == TimeUnit.Nanosecond ? $"{field.Name}::VARCHAR" : $"epoch_us({field.Name})",
        TypeId.Timestamp => field.Type.Unit == TimeUnit.Nanosecond ? $"epoch_ns({field.Name})" : $"epoch_us({field.Name})",
        TypeId.Interval => $"[datepart('year', {field.Name}) * 12 + datepart('month', {field.Name}), datepart('day', {field.Name}), epoch_us(to_microseconds(0) + ({field.Name} - to_months((datepart('year', {field.Name}) * 12 + datepart('month', {field.Name}))::INTEGER) - to_days(datepart('day', {field.Name})::INTEGER)))]",
        TypeId.Decimal or TypeId.Uuid => $"{field.Name}::VARCHAR",
        _ => field.Name,
    };

    public static JsonNode? Expected(Column column, int row)
    {
        if (column.IsNull(row))
        {
            return null;
        }

        return column switch
        {
            BooleanColumn c => c.Values[row],
            DictionaryColumn c => Expected(c.Dictionary, c.Indices[row]),
            BinaryColumn { Type.IsText: true } c => c.GetString(row),
            BinaryColumn c => new JsonObject { ["hex"] = Convert.ToHexStringLower(c[row]) },
            FixedBinaryColumn { Type.Id: TypeId.Uuid } c => new Guid(c[row], bigEndian: true).ToString(),
            FixedBinaryColumn c => new JsonObject { ["hex"] = Convert.ToHexStringLower(c[row]) },
            FixedColumn<sbyte> c => c.Values[row],
            FixedColumn<short> c => c.Values[row],
            FixedColumn<byte> c => c.Values[row],
            FixedColumn<ushort> c => c.Values[row],
            FixedColumn<uint> c => c.Values[row],
            FixedColumn<int> { Type.Id: TypeId.Date } c => Text(c.Values[row]),
            FixedColumn<int> c => c.Values[row],
            FixedColumn<ulong> c => Text(c.Values[row]),
            FixedColumn<long> { Type.Id: TypeId.Time, Type.Unit: TimeUnit.Nanosecond } c => Clock(c.Values[row]),
            FixedColumn<long> { Type.Id: TypeId.Time or TypeId.Timestamp } c => Text(Micros(c.Values[row], c.Type.Unit)),
            FixedColumn<long> c => Text(c.Values[row]),
            FixedColumn<float> c => Real(c.Values[row]),
            FixedColumn<double> c => Real(c.Values[row]),
            FixedColumn<Int128> c => Decimal(c.Values[row], c.Type),
            FixedColumn<Interval> c => new JsonArray(Text(c.Values[row].Months), Text(c.Values[row].Days), Text(c.Values[row].Nanoseconds / 1000)),
            ListColumn { Type.Id: TypeId.Map } c => Map(c, row),
            ListColumn c => List(c, row),
            StructColumn c => new JsonObject(c.Fields.Select((f, i) => KeyValuePair.Create(c.Type.Children[i].Name, Expected(f, row)))),
            _ => throw new ArgumentException($"No oracle value for {column.Type}."),
        };
    }

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private static long Micros(long value, TimeUnit unit) => unit == TimeUnit.Nanosecond ? value : value * (1_000_000 / unit.PerSecond());

    private static string Clock(long nanos)
    {
        var text = new StringBuilder(new TimeOnly(nanos / 100).ToString("HH:mm:ss", CultureInfo.InvariantCulture));
        long fraction = nanos % 1_000_000_000;
        return fraction == 0 ? text.ToString() : text.Append('.').Append(fraction.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0')).ToString();
    }

    private static JsonNode Real(double value)
        => double.IsFinite(value) && !(value == 0 && double.IsNegative(value)) ? value
            : double.IsNaN(value) ? "NaN"
            : double.IsInfinity(value) ? (value > 0 ? "Infinity" : "-Infinity")
            : "-0";

    private static string Decimal(Int128 value, DataType type)
    {
        // DuckDB writes no zero before the point where the type has no digit there.
        int scale = type.Scale;
        string digits = Int128.Abs(value).ToString(CultureInfo.InvariantCulture).PadLeft(Math.Min(scale + 1, type.Precision), '0');
        return (value < 0 ? "-" : "") + (scale == 0 ? digits : $"{digits[..^scale]}.{digits[^scale..]}");
    }

    private static JsonArray List(ListColumn column, int row)
        => [.. Enumerable.Range(column.Offsets[row], column.Offsets[row + 1] - column.Offsets[row]).Select(i => Expected(column.Items, i))];

    private static JsonArray Map(ListColumn column, int row)
    {
        var entries = (StructColumn)column.Items;
        return [.. Enumerable.Range(column.Offsets[row], column.Offsets[row + 1] - column.Offsets[row])
            .Select(i => (JsonNode)new JsonArray(Expected(entries.Fields[0], i), Expected(entries.Fields[1], i)))];
    }
}
