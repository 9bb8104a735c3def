namespace Millrace.Cli;

/// <summary>Whether what was entered is whole: a semicolon stands at its end, outside of strings and comments.</summary>
internal static class StatementEnd
{
    public static bool IsComplete(string text)
    {
        bool ended = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c is '\'' or '"' or '`')
            {
                int close = c == '\'' && HasEscapes(text, i) ? EscapedEnd(text, i) : text.IndexOf(c, i + 1);
                if (close < 0)
                {
                    return false;
                }

                i = close;
                ended = false;
            }
            else if (c == '$' && Tag(text, i) is { } tag)
            {
                int close = text.IndexOf(tag, i + tag.Length, StringComparison.Ordinal);
                if (close < 0)
                {
                    return false;
                }

                i = close + tag.Length - 1;
                ended = false;
            }
            else if (c == '-' && i + 1 < text.Length && text[i + 1] == '-')
            {
                int line = text.IndexOf('\n', i);
                i = line < 0 ? text.Length : line;
            }
            else if (c == '/' && i + 1 < text.Length && text[i + 1] == '*')
            {
                int close = text.IndexOf("*/", i + 2, StringComparison.Ordinal);
                if (close < 0)
                {
                    return false;
                }

                i = close + 1;
            }
            else if (!char.IsWhiteSpace(c))
            {
                ended = c == ';';
            }
        }

        return ended;
    }

    // E'a\'b': the E is not the end of a longer word.
    private static bool HasEscapes(string text, int quote)
        => quote > 0 && text[quote - 1] is 'E' or 'e' && (quote == 1 || !IsWord(text[quote - 2]));

    private static int EscapedEnd(string text, int quote)
    {
        for (int i = quote + 1; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == '\'')
            {
                return i;
            }
        }

        return -1;
    }

    // $$ or $name$; null for a dollar that begins no text.
    private static string? Tag(string text, int start)
    {
        int end = start + 1;
        while (end < text.Length && IsWord(text[end]))
        {
            end++;
        }

        bool isTag = end < text.Length && text[end] == '$' && !char.IsDigit(text[start + 1]) && (start == 0 || !IsWord(text[start - 1]));
        return isTag ? text[start..(end + 1)] : null;
    }

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_';
}
