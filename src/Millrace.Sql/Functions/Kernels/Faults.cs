using System.Globalization;
using System.Text;
using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>The sentences of faults that many functions share.</summary>
internal static class Faults
{
    public static Fault Overflow<TLeft, TRight>(TLeft left, string op, TRight right, DataType type)
        where TLeft : IFormattable
        where TRight : IFormattable
        => Overflow(string.Create(CultureInfo.InvariantCulture, $"{left} {op} {right}"), type);

    public static Fault Overflow(string what, DataType type) => new(ExecutionErrors.OverflowCode, $"{what} does not fit {type}.");

    public static Fault DivisionByZero(string dividend) => new(ExecutionErrors.DivisionByZeroCode, $"{dividend} is divided by zero.");

    public static Fault Domain(string message) => new(ExecutionErrors.ArgumentOutOfDomainCode, message);

    public static string Text(Int128 value, int scale)
    {
        Span<byte> text = stackalloc byte[DecimalText.MaxLength];
        return Encoding.ASCII.GetString(text[..DecimalText.Format(value, scale, text)]);
    }

    public static string Text<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);
}
