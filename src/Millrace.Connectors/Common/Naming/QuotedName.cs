using System.Text;

namespace Millrace.Connectors.Common;

/// <summary>
/// Names of tables in several parts, with dots between, each part in quotes or not. Whichever of double quotes and backticks SQL wants,
/// a part that stands in the others as a whole is read too: a name may come from a source that has them.
/// </summary>
internal static class QuotedName
{
    private const char Double = '"';
    private const char Backtick = '`';

    /// <summary>A part in quotes, as SQL wants one that may hold anything.</summary>
    public static string Quote(string part, char quote) => $"{quote}{part.Replace($"{quote}", $"{quote}{quote}", StringComparison.Ordinal)}{quote}";

    /// <summary>A part as <see cref="Split"/> reads it, in quotes only where they are needed.</summary>
    public static string Plain(string part, char quote) => part.AsSpan().IndexOfAny('.', quote) < 0 && !part.StartsWith(Other(quote)) ? part : Quote(part, quote);

    /// <summary>The parts of a name; none where a quote is not closed.</summary>
    public static IReadOnlyList<string> Split(string text, char quote)
    {
        var parts = new List<string>();
        var part = new StringBuilder();
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (part.Length == 0 && !quoted && c == Other(quote) && (i == 0 || text[i - 1] == '.') && WholeIn(text, i) is { } end)
            {
                part.Append(text[(i + 1)..end].Replace($"{c}{c}", $"{c}", StringComparison.Ordinal));
                i = end;
                continue;
            }

            if (c == quote && quoted && i + 1 < text.Length && text[i + 1] == quote)
            {
                part.Append(quote);
                i++;
            }
            else if (c == quote)
            {
                quoted = !quoted;
            }
            else if (c == '.' && !quoted)
            {
                parts.Add(part.ToString());
                part.Clear();
            }
            else
            {
                part.Append(c);
            }
        }

        parts.Add(part.ToString());
        return quoted ? [] : parts;
    }

    private static char Other(char quote) => quote == Double ? Backtick : Double;

    // Where the quote that begins a part is closed, if the part ends there.
    private static int? WholeIn(string text, int start)
    {
        char mark = text[start];
        for (int i = start + 1; i < text.Length; i++)
        {
            if (text[i] != mark)
            {
                continue;
            }

            if (i + 1 == text.Length || text[i + 1] == '.')
            {
                return i;
            }

            if (text[i + 1] != mark)
            {
                return null;
            }

            i++;
        }

        return null;
    }
}
