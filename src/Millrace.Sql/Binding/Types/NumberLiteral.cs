using System.Globalization;
using Millrace.Columnar;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Binding;

/// <summary>Constants of numbers as they are written.</summary>
internal static class NumberLiteral
{
    /// <summary>A whole number: integer if it fits, else bigint, else decimal(38,0).</summary>
    public static BoundConstant Integer(string text, TextSpan span)
    {
        ReadOnlySpan<char> digits = text.Replace("_", "", StringComparison.Ordinal);
        if (int.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int small))
        {
            return new BoundConstant(DataType.Int32, small) { Span = span };
        }

        if (long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long large))
        {
            return new BoundConstant(DataType.Int64, large) { Span = span };
        }

        DataType type = DataType.Decimal(DataType.MaxDecimalPrecision, 0);
        return ConstantText.TryParse(digits.ToString(), type, out object? value) ? new BoundConstant(type, value) { Span = span } : throw BindingErrors.BadConstant(text, type, span);
    }

    /// <summary>Digits with a point: exact, with as many digits as are written.</summary>
    public static BoundConstant Decimal(string text, TextSpan span)
    {
        string digits = text.Replace("_", "", StringComparison.Ordinal);
        DataType type = DecimalType(digits);
        // The reader of decimals wants digits on both sides of the point.
        string full = digits.StartsWith('.') ? "0" + digits : digits.StartsWith("-.", StringComparison.Ordinal) ? "-0" + digits[1..] : digits;
        full = full.EndsWith('.') ? full + "0" : full;
        return ConstantText.TryParse(full, type, out object? value) ? new BoundConstant(type, value) { Span = span } : throw BindingErrors.BadConstant(text, type, span);
    }

    public static BoundConstant Float(string text, TextSpan span)
        => ConstantText.TryParse(text.Replace("_", "", StringComparison.Ordinal), DataType.Float64, out object? value)
            ? new BoundConstant(DataType.Float64, value) { Span = span }
            : throw BindingErrors.BadConstant(text, DataType.Float64, span);

    /// <summary>The decimal that holds a number as written; the widest for what is no plain number.</summary>
    public static DataType DecimalType(string text)
    {
        string digits = text.TrimStart('-', '+');
        int point = digits.IndexOf('.', StringComparison.Ordinal);
        int scale = point < 0 ? 0 : digits.Length - point - 1;
        int whole = (point < 0 ? digits : digits[..point]).TrimStart('0').Length;
        if (digits.Length == 0 || digits.AsSpan().ContainsAnyExcept("0123456789.") || whole > DataType.MaxDecimalPrecision)
        {
            return DataType.Decimal(DataType.MaxDecimalPrecision, 6);
        }

        scale = Math.Min(scale, DataType.MaxDecimalPrecision - whole);
        return DataType.Decimal(Math.Max(whole + scale, 1), scale);
    }
}
