namespace Millrace.Connectors.Common;

/// <summary>Matches one part of a name, that is without slashes.</summary>
internal static class GlobPart
{
    /// <summary>What is wrong with a pattern, or null.</summary>
    public static string? FindFault(string pattern)
    {
        for (int i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '[')
            {
                int end = ClassEnd(pattern, i);
                if (end < 0)
                {
                    return "has a '[' without its ']'";
                }

                i = end;
            }
        }

        return null;
    }

    public static bool IsMatch(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        int p = 0;
        int t = 0;
        int starPattern = -1;
        int starText = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                starPattern = p++;
                starText = t;
                continue;
            }

            if (p < pattern.Length && MatchOne(pattern, p, text[t], out int width))
            {
                p += width;
                t++;
                continue;
            }

            if (starPattern < 0)
            {
                return false;
            }

            // The last star takes one character more.
            p = starPattern + 1;
            t = ++starText;
        }

        while (p < pattern.Length && pattern[p] == '*')
        {
            p++;
        }

        return p == pattern.Length;
    }

    private static bool MatchOne(ReadOnlySpan<char> pattern, int at, char c, out int width)
    {
        width = 1;
        if (pattern[at] == '?')
        {
            return true;
        }

        if (pattern[at] != '[')
        {
            return pattern[at] == c;
        }

        int end = ClassEnd(pattern, at);
        width = end - at + 1;
        int i = at + 1;
        bool negated = pattern[i] is '!' or '^';
        i += negated ? 1 : 0;
        bool found = false;
        while (i < end)
        {
            char low = pattern[i];
            char high = low;
            if (i + 2 < end && pattern[i + 1] == '-')
            {
                high = pattern[i + 2];
                i += 2;
            }

            found |= c >= low && c <= high;
            i++;
        }

        return found != negated;
    }

    // A ']' right behind the opening is a member of the class.
    private static int ClassEnd(ReadOnlySpan<char> pattern, int open)
    {
        int first = open + 1;
        if (first < pattern.Length && pattern[first] is ('!' or '^'))
        {
            first++;
        }

        int end = first + 1 > pattern.Length ? -1 : pattern[(first + 1)..].IndexOf(']');
        return end < 0 ? -1 : end + first + 1;
    }
}
