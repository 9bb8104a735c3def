using System.Globalization;
using System.Text;

namespace Millrace.Sql.Functions;

/// <summary>
/// Brings regular expressions as PostgreSQL users write them into the form that .NET's linear-time engine takes, and refuses
/// what would make matching expensive: lookaround, back references, very large repetitions, very deep nesting.
/// </summary>
internal static class RegexSyntax
{
    private const int MaxLength = 20_000;
    private const int MaxDepth = 200;
    private const int MaxRepeat = 1000;

    /// <summary>Translates a pattern; throws <see cref="FormatException"/> with a sentence for the user.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="lines">Whether <c>^</c> and <c>$</c> match at lines too.</param>
    public static string Translate(string pattern, bool lines)
    {
        if (pattern.Length > MaxLength)
        {
            throw new FormatException($"the pattern has {pattern.Length} characters; it can have {MaxLength}.");
        }

        var result = new StringBuilder(pattern.Length + 16);
        int depth = 0;
        for (int at = 0; at < pattern.Length;)
        {
            char c = pattern[at];
            switch (c)
            {
                case '\\':
                    at = Escape(pattern, at, result);
                    break;
                case '[':
                    at = Bracket(pattern, at, result);
                    break;
                case '(':
                    if (++depth > MaxDepth)
                    {
                        throw new FormatException($"groups are nested deeper than {MaxDepth}.");
                    }

                    at = Group(pattern, at, result);
                    break;
                case '{':
                    at = Repeat(pattern, at, result);
                    break;
                case '$' when !lines:
                    result.Append("\\z");
                    at++;
                    break;
                default:
                    depth -= c == ')' ? 1 : 0;
                    result.Append(c);
                    at++;
                    break;
            }
        }

        return result.ToString();
    }

    /// <summary>A pattern of SIMILAR TO: <c>%</c> and <c>_</c> as in LIKE, and <c>| * + ? {m,n} ( ) [ ]</c>.</summary>
    public static string FromSimilar(string pattern, string escape)
    {
        var result = new StringBuilder("\\A(?:");
        bool inBracket = false;
        for (int at = 0; at < pattern.Length; at++)
        {
            char c = pattern[at];
            if (escape.Length > 0 && string.CompareOrdinal(pattern, at, escape, 0, escape.Length) == 0)
            {
                at += escape.Length;
                if (at == pattern.Length)
                {
                    throw new FormatException("the pattern ends with the escape character; a character must follow it.");
                }

                AppendLiteral(pattern[at], result);
            }
            else if (inBracket)
            {
                inBracket = c != ']';
                result.Append(c == '\\' ? "\\\\" : c);
            }
            else
            {
                inBracket = c == '[';
                _ = c switch
                {
                    '%' => result.Append(".*"),
                    '_' => result.Append('.'),
                    '(' => result.Append("(?:"),
                    '[' or ')' or '|' or '*' or '+' or '?' or '{' or '}' => result.Append(c),
                    _ => AppendLiteral(c, result),
                };
            }
        }

        return Translate(result.Append(")\\z").ToString(), lines: false);
    }

    private static StringBuilder AppendLiteral(char c, StringBuilder result)
        => char.IsAsciiLetterOrDigit(c) || c > '\x7F' ? result.Append(c) : result.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:X2}");

    private static int Escape(string pattern, int at, StringBuilder result)
    {
        if (at + 1 == pattern.Length)
        {
            throw new FormatException("the pattern ends with a backslash.");
        }

        char c = pattern[at + 1];
        switch (c)
        {
            case >= '1' and <= '9' or 'k':
                throw new FormatException("back references are not supported: they have no bound on the time they take.");
            case 'm' or 'M':
                throw new FormatException($"\\{c} is not supported; \\b and \\y match at both ends of a word.");
            case 'y':
                result.Append("\\b");
                break;
            case 'Y':
                result.Append("\\B");
                break;
            case 'Z':
                result.Append("\\z");
                break;
            default:
                result.Append('\\').Append(c);
                break;
        }

        return at + 2;
    }

    private static int Group(string pattern, int at, StringBuilder result)
    {
        ReadOnlySpan<char> rest = pattern.AsSpan(at);
        if (rest.StartsWith("(?=") || rest.StartsWith("(?!") || rest.StartsWith("(?<=") || rest.StartsWith("(?<!"))
        {
            throw new FormatException("lookahead and lookbehind are not supported: they have no bound on the time they take.");
        }

        if (rest.StartsWith("(?>") || rest.StartsWith("(?("))
        {
            throw new FormatException("atomic and conditional groups are not supported.");
        }

        if (rest.StartsWith("(?P<"))
        {
            result.Append("(?<");
            return at + 4;
        }

        result.Append('(');
        if (rest.StartsWith("(?"))
        {
            result.Append('?');
            return at + 2;
        }

        return at + 1;
    }

    private static int Repeat(string pattern, int at, StringBuilder result)
    {
        int end = pattern.IndexOf('}', at);
        ReadOnlySpan<char> inside = end < 0 ? default : pattern.AsSpan(at + 1, end - at - 1);
        bool isRepeat = inside.Length > 0 && char.IsAsciiDigit(inside[0]);
        if (!isRepeat)
        {
            result.Append("\\{");
            return at + 1;
        }

        foreach (Range part in inside.Split(','))
        {
            ReadOnlySpan<char> digits = inside[part];
            if (digits.Length > 0 && (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int count) || count > MaxRepeat))
            {
                throw new FormatException($"the repetition {{{inside}}} is not valid; counts go from 0 to {MaxRepeat}.");
            }
        }

        result.Append(pattern, at, end + 1 - at);
        return end + 1;
    }

    // In .NET a bracket inside a bracket expression can take characters away, and [:alpha:] means nothing.
    private static int Bracket(string pattern, int at, StringBuilder result)
    {
        result.Append('[');
        at++;
        if (at < pattern.Length && pattern[at] == '^')
        {
            result.Append('^');
            at++;
        }

        for (bool first = true; at < pattern.Length; first = false)
        {
            char c = pattern[at];
            if (c == ']' && !first)
            {
                result.Append(']');
                return at + 1;
            }

            if (c == '[' && at + 1 < pattern.Length && pattern[at + 1] == ':')
            {
                int end = pattern.IndexOf(":]", at + 2, StringComparison.Ordinal);
                string name = end < 0 ? "" : pattern[(at + 2)..end];
                result.Append(ClassOf(name));
                at = end + 2;
                continue;
            }

            if (c == '\\' && at + 1 < pattern.Length)
            {
                result.Append(c).Append(pattern[at + 1]);
                at += 2;
                continue;
            }

            result.Append(c is '[' or ']' ? "\\" : "").Append(c);
            at++;
        }

        throw new FormatException("a bracket expression does not end: ] is missing.");
    }

    private static string ClassOf(string name) => name switch
    {
        "alpha" => "\\p{L}",
        "digit" => "0-9",
        "alnum" => "\\p{L}\\p{Nd}",
        "upper" => "\\p{Lu}",
        "lower" => "\\p{Ll}",
        "space" => "\\s",
        "blank" => " \\t",
        "punct" => "!-/:-@\\[-`{-~",
        "xdigit" => "0-9A-Fa-f",
        "cntrl" => "\\x00-\\x1F\\x7F",
        "print" => "\\x20-\\x7E\\u00A0-\\uFFFF",
        "graph" => "\\x21-\\x7E\\u00A1-\\uFFFF",
        "word" => "\\w",
        _ => throw new FormatException($"[:{name}:] is not a class of characters."),
    };
}
