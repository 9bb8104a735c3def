using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Binding;

/// <summary>Conversions of constants that lose nothing; others are left to the engine, which knows the zone, and reports what does not fit.</summary>
internal static class ConstantCast
{
    public static bool TryConvert(object? value, DataType from, DataType to, out object? result)
    {
        if (value is null || from.Equals(to))
        {
            result = value;
            return true;
        }

        result = null;
        if (ZoneCasts.Depends(value, from, to))
        {
            return false;
        }

        if (value is string text && from.Id == TypeId.Utf8)
        {
            return ConstantText.TryParse(text, to, out result);
        }

        if (Whole(value, from) is { } whole)
        {
            return TryWhole(whole, to, out result);
        }

        if (from.Id == TypeId.Decimal && value is Int128 digits)
        {
            return TryDecimal(digits, from.Scale, to, out result);
        }

        if (value is int days && from.Id == TypeId.Date && to.Id == TypeId.Timestamp)
        {
            Int128 wide = (Int128)days * 86_400 * to.Unit.PerSecond();
            result = wide == (long)wide ? (long)wide : null;
            return result is not null;
        }

        if (value is long time && from.Id == TypeId.Timestamp && to.Id == TypeId.Timestamp && to.Unit >= from.Unit)
        {
            Int128 wide = (Int128)time * (to.Unit.PerSecond() / from.Unit.PerSecond());
            result = wide == (long)wide ? (long)wide : null;
            return result is not null;
        }

        if (value is float real && to.Id == TypeId.Float64)
        {
            result = (double)real;
            return true;
        }

        return false;
    }

    private static Int128? Whole(object value, DataType type) => !type.IsInteger ? null : value switch
    {
        sbyte v => v,
        short v => v,
        int v => v,
        long v => v,
        byte v => v,
        ushort v => v,
        uint v => v,
        ulong v => v,
        _ => null,
    };

    private static bool TryWhole(Int128 value, DataType to, out object? result)
    {
        result = to.Id switch
        {
            TypeId.Int8 when value == (sbyte)value => (sbyte)value,
            TypeId.Int16 when value == (short)value => (short)value,
            TypeId.Int32 when value == (int)value => (int)value,
            TypeId.Int64 when value == (long)value => (long)value,
            TypeId.UInt8 when value == (byte)value => (byte)value,
            TypeId.UInt16 when value == (ushort)value => (ushort)value,
            TypeId.UInt32 when value == (uint)value => (uint)value,
            TypeId.UInt64 when value == (ulong)value => (ulong)value,
            TypeId.Float32 => (float)value,
            TypeId.Float64 => (double)value,
            TypeId.Decimal => Scaled(value, to.Scale, to.Precision),
            _ => null,
        };
        return result is not null;
    }

    private static bool TryDecimal(Int128 digits, int scale, DataType to, out object? result)
    {
        result = null;
        if (to.Id == TypeId.Decimal && to.Scale >= scale)
        {
            result = Scaled(digits, to.Scale - scale, to.Precision);
        }
        else if (to.Id is TypeId.Float64 or TypeId.Float32)
        {
            // Through text, so that the nearest double comes out whatever the digits.
            byte[] text = new byte[64];
            int length = DecimalText.Format(digits, scale, text);
            return ConstantText.TryParse(System.Text.Encoding.ASCII.GetString(text, 0, length), to, out result);
        }

        return result is not null;
    }

    private static object? Scaled(Int128 value, int powers, int precision)
    {
        Int128 limit = Power(precision);
        if (value == 0)
        {
            return value;
        }

        Int128 factor = Power(powers);
        return Int128.Abs(value) < limit && Int128.Abs(value) <= (limit - 1) / factor ? value * factor : null;
    }

    private static Int128 Power(int exponent)
    {
        Int128 power = 1;
        for (int i = 0; i < exponent; i++)
        {
            power *= 10;
        }

        return power;
    }
}
