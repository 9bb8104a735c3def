using System.Globalization;
using System.Text;
using System.Text.Json;
using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>Single values of primitive types as JSON (specification, appendix D, "JSON single-value serialization"): default values.</summary>
public static class SingleValueJson
{
    /// <summary>Reads a value in the forms of <see cref="SingleValue"/>; null for JSON's null.</summary>
    public static object? Parse(IcebergPrimitive type, string json)
    {
        MetadataNode node = JsonDocuments.Parse(Encoding.UTF8.GetBytes(json), "default");
        return node.Element.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.True or JsonValueKind.False when type.Kind == IcebergKind.Boolean => node.Bool(),
            JsonValueKind.Number => Number(type, node) ?? throw Wrong(type, json),
            JsonValueKind.String => Text(type, node.Text()) ?? throw Wrong(type, json),
            _ => throw Wrong(type, json),
        };
    }

    /// <summary>The value as text, without quotes where JSON has them.</summary>
    public static string Format(IcebergPrimitive type, object? value)
    {
        Span<byte> text = stackalloc byte[80];
        return (type.Kind, value) switch
        {
            (_, null) => "null",
            (_, bool v) => v ? "true" : "false",
            (IcebergKind.Decimal, Int128 v) => Encoding.UTF8.GetString(text[..DecimalText.Format(v, type.Scale, text)]),
            (IcebergKind.Date, int v) => Encoding.UTF8.GetString(text[..DateText.Format(v, text)]),
            (IcebergKind.Time, long v) => Encoding.UTF8.GetString(text[..TimeText.Format(v, TimeUnit.Microsecond, text)]),
            (IcebergKind.Timestamp, long v) => Timestamp(v, TimeUnit.Microsecond, ""),
            (IcebergKind.TimestampTz, long v) => Timestamp(v, TimeUnit.Microsecond, "+00:00"),
            (IcebergKind.TimestampNs, long v) => Timestamp(v, TimeUnit.Nanosecond, ""),
            (IcebergKind.TimestampTzNs, long v) => Timestamp(v, TimeUnit.Nanosecond, "+00:00"),
            (IcebergKind.Uuid, byte[] v) => Encoding.UTF8.GetString(text[..UuidText.Format(v, text)]),
            (_, byte[] v) => Convert.ToHexStringLower(v),
            (_, IFormattable v) => v.ToString(v is float or double ? "R" : null, CultureInfo.InvariantCulture),
            _ => (string)value,
        };
    }

    /// <summary>The value as JSON.</summary>
    public static string ToJson(IcebergPrimitive type, object? value)
        => value is null or bool or float or double || type.Kind is IcebergKind.Int or IcebergKind.Long
            ? Format(type, value)
            : JsonDocuments.Write(json => json.WriteStringValue(Format(type, value)));

    private static object? Number(IcebergPrimitive type, MetadataNode node) => type.Kind switch
    {
        IcebergKind.Int => node.Int(),
        IcebergKind.Long => node.Long(),
        IcebergKind.Float => node.Element.GetSingle(),
        IcebergKind.Double => node.Element.GetDouble(),
        _ => null,
    };

    private static object? Text(IcebergPrimitive type, string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        byte[] bytes = new byte[16];
        return type.Kind switch
        {
            IcebergKind.String => text,
            IcebergKind.Decimal => DecimalText.TryParse(utf8, type.Precision, type.Scale, out Int128 unscaled) ? unscaled : null,
            IcebergKind.Date => DateText.TryParse(utf8, out int days) ? days : null,
            IcebergKind.Time => TimeText.TryParse(utf8, TimeUnit.Microsecond, out long time) ? time : null,
            IcebergKind.Uuid => UuidText.TryParse(utf8, bytes) ? bytes : null,
            IcebergKind.Fixed or IcebergKind.Binary => Hex(type, text),
            _ when type.IsTimestamp => TimestampText.TryParse(
                utf8, type.IsNanoseconds ? TimeUnit.Nanosecond : TimeUnit.Microsecond, type.Kind is IcebergKind.TimestampTz or IcebergKind.TimestampTzNs, out long value, out _) ? value : null,
            _ => null,
        };
    }

    private static byte[]? Hex(IcebergPrimitive type, string text)
    {
        if (text.Length % 2 != 0 || !text.All(char.IsAsciiHexDigit) || (type.Kind == IcebergKind.Fixed && text.Length != 2 * type.Length))
        {
            return null;
        }

        return Convert.FromHexString(text);
    }

    private static string Timestamp(long value, TimeUnit unit, string zone)
    {
        Span<byte> text = stackalloc byte[TimestampText.MaxLength];
        return Encoding.UTF8.GetString(text[..TimestampText.Format(value, unit, instant: false, text)]) + zone;
    }

    private static MillraceException Wrong(IcebergPrimitive type, string json)
        => IcebergErrors.Value(type.ToString(), $"is written as {(json.Length > 40 ? json[..40] + "…" : json)}");
}
