using System.Globalization;
using System.Text;

namespace Millrace.Connectors.Postgres;

/// <summary>Text of geometric values, as the server writes it (documentation, "Geometric Types").</summary>
internal static class Shapes
{
    public static void Point(ref MessageBytes value, StringBuilder text)
        => text.Append('(').Append(Number(ref value)).Append(',').Append(Number(ref value)).Append(')');

    public static void Points(ref MessageBytes value, int count, char? open, char? close, StringBuilder text)
    {
        text.Append(open);
        for (int i = 0; i < count; i++)
        {
            text.Append(i == 0 ? "" : ",");
            Point(ref value, text);
        }

        text.Append(close);
    }

    public static void Path(ref MessageBytes value, StringBuilder text)
    {
        bool isClosed = value.Byte() != 0;
        Points(ref value, value.Int32(), isClosed ? '(' : '[', isClosed ? ')' : ']', text);
    }

    public static void Line(ref MessageBytes value, StringBuilder text)
        => text.Append('{').Append(Number(ref value)).Append(',').Append(Number(ref value)).Append(',').Append(Number(ref value)).Append('}');

    public static void Circle(ref MessageBytes value, StringBuilder text)
    {
        text.Append('<');
        Point(ref value, text);
        text.Append(',').Append(Number(ref value)).Append('>');
    }

    // The shortest text that reads back, with an exponent of at least two digits below 1e-4 and from 1e15 on.
    private static string Number(ref MessageBytes value)
    {
        double number = BitConverter.Int64BitsToDouble(value.Int64());
        if (!double.IsFinite(number))
        {
            return double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
        }

        // .NET writes the same digits, but large numbers without an exponent for a little longer.
        string shortest = number.ToString("R", CultureInfo.InvariantCulture);
        int at = shortest.IndexOf('E', StringComparison.Ordinal);
        if (at < 0)
        {
            return Math.Abs(number) < 1e15 ? shortest : Long(shortest);
        }

        int exponent = int.Parse(shortest.AsSpan(at + 1), CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{shortest[..at]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
    }

    // Whole, of 16 digits or more.
    private static string Long(string whole)
    {
        int sign = whole[0] == '-' ? 1 : 0;
        string rest = whole[(sign + 1)..].TrimEnd('0');
        return string.Create(CultureInfo.InvariantCulture, $"{whole[..(sign + 1)]}{(rest.Length > 0 ? "." : "")}{rest}e+{whole.Length - sign - 1:00}");
    }
}
