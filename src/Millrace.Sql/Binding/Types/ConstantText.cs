using System.Text;
using Millrace.Columnar;

namespace Millrace.Sql.Binding;

/// <summary>Constants from the text of literals.</summary>
internal static class ConstantText
{
    /// <summary>The value in the form of <see cref="BoundConstant.Value"/>; false where the text is none of the type, or the type has no constants.</summary>
    public static bool TryParse(string text, DataType type, out object? value)
    {
        byte[] raw = Encoding.UTF8.GetBytes(text);
        ReadOnlySpan<byte> trimmed = raw.AsSpan().Trim(" \t\r\n"u8);
        value = null;
        switch (type.Id)
        {
            case TypeId.Utf8:
                value = text;
                return true;
            case TypeId.Json:
                value = text;
                return IsJson(raw);
            case TypeId.Binary:
                return TryBytes(text, raw, out value);
            case TypeId.Boolean:
                return Set(BooleanText.TryParse(trimmed, out bool flag), flag, out value);
            case TypeId.Int8:
                return Set(IntegerText.TryParse(trimmed, out sbyte int8), int8, out value);
            case TypeId.Int16:
                return Set(IntegerText.TryParse(trimmed, out short int16), int16, out value);
            case TypeId.Int32:
                return Set(IntegerText.TryParse(trimmed, out int int32), int32, out value);
            case TypeId.Int64:
                return Set(IntegerText.TryParse(trimmed, out long int64), int64, out value);
            case TypeId.UInt8:
                return Set(IntegerText.TryParse(trimmed, out byte uint8), uint8, out value);
            case TypeId.UInt16:
                return Set(IntegerText.TryParse(trimmed, out ushort uint16), uint16, out value);
            case TypeId.UInt32:
                return Set(IntegerText.TryParse(trimmed, out uint uint32), uint32, out value);
            case TypeId.UInt64:
                return Set(IntegerText.TryParse(trimmed, out ulong uint64), uint64, out value);
            case TypeId.Float32:
                return Set(FloatText.TryParse(trimmed, out float real), real, out value);
            case TypeId.Float64:
                return Set(FloatText.TryParse(trimmed, out double number), number, out value);
            case TypeId.Decimal:
                return Set(DecimalText.TryParseRounded(trimmed, type.Precision, type.Scale, out Int128 digits), digits, out value);
            case TypeId.Date:
                return TryDate(trimmed, out value);
            case TypeId.Time:
                return Set(TimeText.TryParse(trimmed, type.Unit, out long time), time, out value);
            case TypeId.Timestamp:
                return TryTimestamp(trimmed, type, out value);
            case TypeId.Interval:
                return Set(IntervalText.TryParse(trimmed, out Interval interval), interval, out value);
            case TypeId.Uuid:
                byte[] uuid = new byte[16];
                return Set(UuidText.TryParse(trimmed, uuid), uuid, out value);
            default:
                return false;
        }
    }

    private static bool Set<T>(bool parsed, T found, out object? value)
    {
        value = parsed ? found : null;
        return parsed;
    }

    private static bool TryDate(ReadOnlySpan<byte> text, out object? value)
    {
        if (DateText.TryParse(text, out int days))
        {
            value = days;
            return true;
        }

        // A timestamp's day.
        bool parsed = TimestampText.TryParse(text, TimeUnit.Second, instant: false, out long seconds, out _);
        return Set(parsed, (int)Math.DivRem(seconds, 86_400, out long rest) - (rest < 0 ? 1 : 0), out value);
    }

    private static bool TryTimestamp(ReadOnlySpan<byte> text, DataType type, out object? value)
    {
        if (TimestampText.TryParse(text, type.Unit, type.TimeZone is not null, out long time, out _))
        {
            value = time;
            return true;
        }

        bool parsed = DateText.TryParse(text, out int days);
        Int128 wide = (Int128)days * 86_400 * type.Unit.PerSecond();
        return Set(parsed && wide == (long)wide, (long)wide, out value);
    }

    // PostgreSQL's form: \x and hexadecimal digits; other text stands for its own bytes.
    private static bool TryBytes(string text, byte[] raw, out object? value)
    {
        if (!text.StartsWith("\\x", StringComparison.Ordinal))
        {
            value = raw;
            return true;
        }

        try
        {
            value = Convert.FromHexString(text.AsSpan(2));
            return true;
        }
        catch (FormatException)
        {
            value = null;
            return false;
        }
    }

    private static bool IsJson(byte[] raw)
    {
        try
        {
            var reader = new System.Text.Json.Utf8JsonReader(raw, new System.Text.Json.JsonReaderOptions { MaxDepth = 512 });
            int values = 0;
            while (reader.Read())
            {
                values++;
            }

            return values > 0;
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }
}
