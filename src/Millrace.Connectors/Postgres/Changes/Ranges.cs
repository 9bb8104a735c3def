using System.Text;

namespace Millrace.Connectors.Postgres;

/// <summary>Text of ranges: flags, then the bounds that there are, each with its length (<c>range_send</c> in the server).</summary>
internal static class Ranges
{
    private const int Empty = 0x01;
    private const int IncludesLower = 0x02;
    private const int IncludesUpper = 0x04;
    private const int NoLower = 0x08;
    private const int NoUpper = 0x10;

    public delegate string BoundText(ReadOnlySpan<byte> value);

    /// <param name="bound">Text of a bound.</param>
    public static ValueText Of(BoundText bound) => (ref MessageBytes value, ReadOnlySpan<byte> data, StringBuilder text) =>
    {
        int flags = value.Byte();
        if ((flags & Empty) != 0)
        {
            text.Append("empty");
            return;
        }

        text.Append((flags & IncludesLower) != 0 ? '[' : '(');
        Append((flags & NoLower) != 0, ref value, data, bound, text);
        text.Append(',');
        Append((flags & NoUpper) != 0, ref value, data, bound, text);
        text.Append((flags & IncludesUpper) != 0 ? ']' : ')');
    };

    private static void Append(bool isOpen, ref MessageBytes value, ReadOnlySpan<byte> data, BoundText bound, StringBuilder text)
    {
        if (isOpen)
        {
            return;
        }

        int length = value.Int32();
        string written = bound(data.Slice(value.Take(length), length));
        text.Append(written.Contains(' ', StringComparison.Ordinal) ? $"\"{written}\"" : written);
    }
}
