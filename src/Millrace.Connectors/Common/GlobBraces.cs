namespace Millrace.Connectors.Common;

/// <summary>Turns <c>a{b,c}</c> into <c>ab</c> and <c>ac</c>; braces may nest.</summary>
internal static class GlobBraces
{
    private const int MaxDepth = 16;

    public static bool TryExpand(string text, int limit, List<string> result, out string fault) => TryExpand("", text, limit, 0, result, out fault);

    private static bool TryExpand(string head, string text, int limit, int depth, List<string> result, out string fault)
    {
        fault = "";
        int open = text.IndexOf('{', StringComparison.Ordinal);
        if (open < 0)
        {
            if (result.Count == limit)
            {
                fault = $"stands for more than {limit} patterns";
                return false;
            }

            result.Add(head + text);
            return true;
        }

        if (depth == MaxDepth || FindClose(text, open) is not { } close)
        {
            fault = depth == MaxDepth ? $"has more than {MaxDepth} groups of braces" : "has a '{' without its '}'";
            return false;
        }

        string before = text[..open];
        string after = text[(close + 1)..];
        int start = open + 1;
        int nested = 0;
        for (int i = start; i <= close; i++)
        {
            char c = text[i];
            nested += c == '{' ? 1 : c == '}' && i < close ? -1 : 0;
            if (i == close || (c == ',' && nested == 0))
            {
                if (!TryExpand(head, before + text[start..i] + after, limit, depth + 1, result, out fault))
                {
                    return false;
                }

                start = i + 1;
            }
        }

        return true;
    }

    private static int? FindClose(string text, int open)
    {
        int depth = 0;
        for (int i = open; i < text.Length; i++)
        {
            depth += text[i] == '{' ? 1 : text[i] == '}' ? -1 : 0;
            if (depth == 0)
            {
                return i;
            }
        }

        return null;
    }
}
