using System.Globalization;
using System.Text;

namespace Millrace.Sql.Parsing;

// Constants: what stands between quotes, and numbers.
internal sealed partial class Parser
{
    // A number in base 2, 8 or 16 that has more digits would not fit any integer type.
    private const int MaxRadixDigits = 128;

    private string ReadQuoted()
    {
        ReadOnlySpan<char> text = TextOf(Current);
        char quote = text[0];
        return Unquote(text[1..^1], quote);
    }

    private static string Unquote(ReadOnlySpan<char> inner, char quote)
        => inner.Contains(quote) ? inner.ToString().Replace(new string(quote, 2), quote.ToString(), StringComparison.Ordinal) : inner.ToString();

    private string ReadString(string expected)
    {
        ReadOnlySpan<char> text = TextOf(Current);
        string value;
        switch (Current.Kind)
        {
            case TokenKind.String:
                value = Unquote(text[1..^1], '\'');
                break;
            case TokenKind.DollarString:
                int tag = text[1..].IndexOf('$') + 2;
                value = text[tag..^tag].ToString();
                break;
            case TokenKind.EscapeString:
                value = Unescape(text[2..^1]);
                break;
            default:
                throw Unexpected(expected);
        }

        _at++;
        return value;
    }

    private string Unescape(ReadOnlySpan<char> text)
    {
        var value = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\'')
            {
                i++;
                value.Append('\'');
            }
            else if (text[i] != '\\')
            {
                value.Append(text[i]);
            }
            else
            {
                i = UnescapeOne(text, i + 1, value) - 1;
            }
        }

        return value.ToString();
    }

    // Returns where the text goes on.
    private int UnescapeOne(ReadOnlySpan<char> text, int at, StringBuilder value)
    {
        (int radix, int least, int most) = text[at] switch
        {
            'x' => (16, 1, 2),
            'u' => (16, 4, 4),
            'U' => (16, 8, 8),
            >= '0' and <= '7' => (8, 1, 3),
            _ => (0, 0, 0),
        };
        if (radix == 0)
        {
            value.Append(text[at] switch { 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', char c => c });
            return at + 1;
        }

        int start = radix == 8 ? at : at + 1;
        int end = start;
        long code = 0;
        while (end < text.Length && end - start < most && Digit(text[end], radix) is >= 0 and int digit)
        {
            code = (code * radix) + digit;
            end++;
        }

        bool high = code is >= 0xd800 and < 0xe000;
        if (end - start < least || code > 0x10ffff || (high && radix == 16 && most == 8))
        {
            throw ParsingErrors.Literal(_source.Place(Current.Span), $"The text has an escape that is no character: '\\{text[at..Math.Min(end + 1, text.Length)]}'.", "Escapes are \\xHH, \\uXXXX, \\UXXXXXXXX, \\ooo, \\n, \\t, \\r, \\b, \\f; a backslash is written \\\\.");
        }

        value.Append(code > 0xffff ? char.ConvertFromUtf32((int)code) : ((char)code).ToString());
        return end;
    }

    private static int Digit(char c, int radix)
    {
        int digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : -1;
        return digit < radix ? digit : -1;
    }

    private LiteralSyntax ParseBytes()
    {
        ReadOnlySpan<char> digits = TextOf(Current)[2..^1];
        foreach (char c in digits)
        {
            if (!char.IsAsciiHexDigit(c))
            {
                throw ParsingErrors.Literal(_source.Place(Current.Span), $"Found '{c}' among the digits of bytes, expected 0 to 9 and A to F.");
            }
        }

        if (digits.Length % 2 != 0)
        {
            throw ParsingErrors.Literal(_source.Place(Current.Span), $"Found {digits.Length} digits, expected two for each byte.");
        }

        var literal = new LiteralSyntax(LiteralKind.Bytes, digits.ToString()) { Span = Current.Span };
        _at++;
        return literal;
    }

    private LiteralSyntax ParseNumber()
    {
        LiteralKind kind = Current.Kind switch { TokenKind.Integer => LiteralKind.Integer, TokenKind.Decimal => LiteralKind.Decimal, _ => LiteralKind.Float };
        string text = ReadDigits();
        var literal = new LiteralSyntax(kind, text) { Span = Current.Span };
        _at++;
        return literal;
    }

    // The digits of the current number: without underscores, in base 10, with a digit on both sides of the point.
    private string ReadDigits()
    {
        ReadOnlySpan<char> text = TextOf(Current);
        if (text.Length > 2 && text[0] == '0' && char.IsAsciiLetter(text[1]) && char.ToLowerInvariant(text[1]) != 'e')
        {
            return ReadRadix(text);
        }

        string digits = text.Contains('_') ? text.ToString().Replace("_", "", StringComparison.Ordinal) : text.ToString();
        if (Current.Kind == TokenKind.Integer)
        {
            return digits;
        }

        digits = digits[0] == '.' ? "0" + digits : digits;
        int point = digits.IndexOf('.');
        return point >= 0 && (point + 1 == digits.Length || !char.IsAsciiDigit(digits[point + 1])) ? digits.Insert(point + 1, "0") : digits;
    }

    private string ReadRadix(ReadOnlySpan<char> text)
    {
        int radix = char.ToLowerInvariant(text[1]) switch { 'x' => 16, 'o' => 8, _ => 2 };
        var value = System.Numerics.BigInteger.Zero;
        int count = 0;
        foreach (char c in text[2..])
        {
            if (c == '_')
            {
                continue;
            }

            int digit = Digit(c, radix);
            if (digit < 0 || ++count > MaxRadixDigits)
            {
                throw ParsingErrors.Literal(_source.Place(Current.Span), $"Found {Describe(Current)}, expected up to {MaxRadixDigits} digits of base {radix} behind '{text[..2]}'.");
            }

            value = (value * radix) + digit;
        }

        return value.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>A whole number of the grammar itself, such as the rows of a buffer.</summary>
    private long ParseCount(string expected, long most)
    {
        if (!Is(TokenKind.Integer))
        {
            throw Unexpected(expected);
        }

        if (!long.TryParse(ReadDigits(), NumberStyles.None, CultureInfo.InvariantCulture, out long value) || value > most)
        {
            throw ParsingErrors.Literal(_source.Place(Current.Span), $"Found {Describe(Current)}, expected {expected} of at most {most}.");
        }

        _at++;
        return value;
    }
}
