using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Millrace.Columnar;

namespace Millrace.Formats.Avro;

/// <summary>
/// Values as plain JSON: a union's value without its branch, bytes as <c>"\x0a"</c>, decimals as numbers, dates, times and
/// durations in ISO 8601.
/// </summary>
internal static class AvroJson
{
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(ref AvroCursor cursor, AvroType type, Utf8JsonWriter json)
    {
        switch (type.Kind)
        {
            case AvroKind.Null:
                json.WriteNullValue();
                break;
            case AvroKind.Boolean:
                json.WriteBooleanValue(cursor.ReadBoolean());
                break;
            case AvroKind.Int or AvroKind.Long:
                WriteWhole(type.Kind == AvroKind.Int ? cursor.ReadInt() : cursor.ReadLong(), type.Logical, json);
                break;
            case AvroKind.Float:
                WriteReal(cursor.ReadRaw<float>(), json);
                break;
            case AvroKind.Double:
                WriteReal(cursor.ReadRaw<double>(), json);
                break;
            case AvroKind.Bytes or AvroKind.Fixed:
                WriteBytes(ref cursor, type, json);
                break;
            case AvroKind.String:
                WriteText(ref cursor, json);
                break;
            case AvroKind.Enum:
                string symbol = type.Symbols[cursor.ReadIndex(type.Symbols.Count)];
                cursor.Charge(1, symbol.Length);
                json.WriteStringValue(symbol);
                break;
            case AvroKind.Union:
                Write(ref cursor, type.Children[cursor.ReadIndex(type.Children.Count)], json);
                break;
            case AvroKind.Record:
                WriteRecord(ref cursor, type, json);
                break;
            default:
                WriteItems(ref cursor, type, json);
                break;
        }
    }

    private static void WriteRecord(ref AvroCursor cursor, AvroType type, Utf8JsonWriter json)
    {
        cursor.Enter();
        json.WriteStartObject();
        foreach (AvroField field in type.Fields)
        {
            cursor.Charge(1, field.Name.Length);
            json.WritePropertyName(field.Name);
            Write(ref cursor, field.Type, json);
        }

        json.WriteEndObject();
        cursor.Leave();
    }

    private static void WriteItems(ref AvroCursor cursor, AvroType type, Utf8JsonWriter json)
    {
        const int itemCost = 8;
        bool isMap = type.Kind == AvroKind.Map;
        int minSize = AvroSizes.Min(type.Item) + (isMap ? 1 : 0);
        int count;
        if (isMap)
        {
            json.WriteStartObject();
        }
        else
        {
            json.WriteStartArray();
        }

        while ((count = cursor.ReadBlockCount(minSize, itemCost, out _)) > 0)
        {
            for (int i = 0; i < count; i++)
            {
                if (isMap)
                {
                    json.WritePropertyName(Encoding.UTF8.GetString(cursor.ReadBytes()));
                }

                Write(ref cursor, type.Item, json);
            }
        }

        if (isMap)
        {
            json.WriteEndObject();
        }
        else
        {
            json.WriteEndArray();
        }
    }

    private static void WriteWhole(long value, AvroLogical logical, Utf8JsonWriter json)
    {
        Span<byte> text = stackalloc byte[TimestampText.MaxLength];
        int length;
        switch (logical)
        {
            case AvroLogical.Date:
                length = DateText.Format((int)value, text);
                break;
            case AvroLogical.TimeMillis or AvroLogical.TimeMicros when value >= 0 && value < 86_400 * AvroLogicalTypes.Unit(logical)!.Value.PerSecond():
                length = TimeText.Format(value, AvroLogicalTypes.Unit(logical)!.Value, text);
                break;
            case AvroLogical.TimestampMillis or AvroLogical.TimestampMicros or AvroLogical.TimestampNanos:
                length = TimestampText.Format(value, AvroLogicalTypes.Unit(logical)!.Value, instant: true, text);
                break;
            case AvroLogical.LocalTimestampMillis or AvroLogical.LocalTimestampMicros or AvroLogical.LocalTimestampNanos:
                length = TimestampText.Format(value, AvroLogicalTypes.Unit(logical)!.Value, instant: false, text);
                break;
            default:
                json.WriteNumberValue(value);
                return;
        }

        json.WriteStringValue(text[..length]);
    }

    private static void WriteReal(float value, Utf8JsonWriter json)
    {
        if (float.IsFinite(value))
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static void WriteReal(double value, Utf8JsonWriter json)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static void WriteText(ref AvroCursor cursor, Utf8JsonWriter json)
    {
        ReadOnlySpan<byte> text = cursor.ReadBytes();
        if (!System.Text.Unicode.Utf8.IsValid(text))
        {
            cursor.Note(FormatErrors.InvalidUtf8, "A string is not valid UTF-8.", "");
            text = default;
        }

        json.WriteStringValue(text);
    }

    private static void WriteBytes(ref AvroCursor cursor, AvroType type, Utf8JsonWriter json)
    {
        int fixedSize = type.Kind == AvroKind.Fixed ? type.Size : -1;
        switch (type.Logical)
        {
            case AvroLogical.Decimal:
                Span<byte> number = stackalloc byte[DecimalText.MaxLength];
                if (!AvroDecimals.TryRead(ref cursor, fixedSize, out Int128 value) || !DecimalMath.Fits(value, type.Precision))
                {
                    cursor.Note(FormatErrors.ValueDoesNotFit, $"A decimal has more than {type.Precision} digits.", "");
                    value = 0;
                }

                json.WriteRawValue(number[..DecimalText.Format(value, type.Scale, number)], skipInputValidation: true);
                break;
            case AvroLogical.Duration:
                Span<byte> interval = stackalloc byte[IntervalText.MaxLength];
                json.WriteStringValue(interval[..IntervalText.Format(DurationRead.Read(ref cursor), interval)]);
                break;
            case AvroLogical.Uuid when fixedSize >= 0:
                Span<byte> uuid = stackalloc byte[UuidText.Length];
                json.WriteStringValue(uuid[..UuidText.Format(cursor.ReadFixed(fixedSize), uuid)]);
                break;
            default:
                ReadOnlySpan<byte> bytes = fixedSize >= 0 ? cursor.ReadFixed(fixedSize) : cursor.ReadBytes();
                json.WriteStringValue("\\x" + Convert.ToHexStringLower(bytes));
                break;
        }
    }
}
