using System.Text;

namespace Millrace.Connectors.Common;

/// <summary>Names of tables in several parts, with dots between, each part in quotes or not.</summary>
internal static class QuotedName
{
    /// <summary>A part in quotes, as SQL wants one that may hold anything.</summary>
    public static string Quote(string part, char quote) => $"{quote}{part.Replace($"{quote}", $"{quote}{quote}", StringComparison.Ordinal)}{quote}";

    /// <summary>A part as <see cref="Split"/> reads it, in quotes only where they are needed.</summary>
    public static string Plain(string part, char quote) => part.AsSpan().IndexOfAny('.', quote) < 0 ? part : Quote(part, quote);

    /// <summary>The parts of a name; none where a quote is not closed.</summary>
    public static IReadOnlyList<string> Split(string text, char quote)
    {
        var parts = new List<string>();
        var part = new StringBuilder();
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
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
}
