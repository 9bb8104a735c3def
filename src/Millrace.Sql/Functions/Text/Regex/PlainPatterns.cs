namespace Millrace.Sql.Functions;

/// <summary>
/// Tells patterns for which trying one way after the other takes no longer than time in proportion to the text: nothing in
/// them repeats but the last element, which takes what it can and is done, and only few places leave a choice. Such
/// patterns need no automaton, which finds groups in passes of its own.
/// </summary>
internal static class PlainPatterns
{
    // Each choice doubles the ways at most; the fixed part of the pattern is gone through once for each.
    private const int MaxChoices = 4;
    private const int MaxLength = 100;

    // Classes and places that have a letter behind the backslash.
    private const string Letters = "dDwWsSbBAznrtf";

    /// <summary>Whether a pattern in the syntax of .NET is of that form.</summary>
    public static bool Fit(ReadOnlySpan<char> pattern)
    {
        int choices = 0;
        bool isAtom = false;
        for (int at = 0; at < pattern.Length && pattern.Length <= MaxLength; at++)
        {
            switch (pattern[at])
            {
                case '\\':
                    char escaped = ++at < pattern.Length ? pattern[at] : 'p';
                    if (char.IsLetterOrDigit(escaped) && !Letters.Contains(escaped, StringComparison.Ordinal))
                    {
                        return false;
                    }

                    isAtom = true;
                    break;
                case '[':
                    if (!TrySkipClass(pattern, ref at))
                    {
                        return false;
                    }

                    isAtom = true;
                    break;
                case '(' when at + 1 < pattern.Length && pattern[at + 1] == '?':
                    if (!pattern[at..].StartsWith("(?:"))
                    {
                        return false;
                    }

                    at += 2;
                    isAtom = false;
                    break;
                case '(':
                case ')':
                    isAtom = false;
                    break;
                case '|':
                    choices++;
                    isAtom = false;
                    break;
                case '?' when isAtom:
                    choices++;
                    isAtom = false;
                    break;
                case '*' or '+' when isAtom:
                    // What stands behind it would be tried at every length.
                    return pattern[(at + 1)..].IndexOfAnyExcept(')') < 0 && choices <= MaxChoices;
                case '?' or '*' or '+' or '{' or '}':
                    return false;
                default:
                    isAtom = true;
                    break;
            }
        }

        return pattern.Length <= MaxLength && choices <= MaxChoices;
    }

    // To the bracket that ends a class. Classes less others are for those who know them better.
    private static bool TrySkipClass(ReadOnlySpan<char> pattern, ref int at)
    {
        at++;
        at += at < pattern.Length && pattern[at] == '^' ? 1 : 0;
        for (int first = at; at < pattern.Length; at++)
        {
            switch (pattern[at])
            {
                case ']' when at > first:
                    return true;
                case '[':
                    return false;
                case '\\':
                    at++;
                    break;
            }
        }

        return false;
    }
}
