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
                int close = text.IndexOf(c, i + 1);
                if (close < 0)
                {
                    return false;
                }

                i = close;
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
}
