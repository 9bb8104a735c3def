namespace Millrace.Connectors.Common;

/// <summary>
/// A pattern over names with slashes: <c>*</c> and <c>?</c> within a part, <c>**</c> for any number of parts, <c>[a-c]</c>,
/// <c>[!a]</c>, <c>{a,b}</c>. Matching takes time in proportion to pattern times name, whatever the pattern.
/// </summary>
public sealed class Glob
{
    /// <summary>Alternatives that the braces of one pattern may stand for.</summary>
    public const int MaxAlternatives = 1024;

    private static readonly System.Buffers.SearchValues<char> Special = System.Buffers.SearchValues.Create("*?[{");

    private readonly string[][] _alternatives;

    private Glob(string text, string[][] alternatives)
    {
        Text = text;
        _alternatives = alternatives;
    }

    public string Text { get; }

    /// <summary>Whether a text holds anything but plain characters.</summary>
    public static bool HasPattern(string text) => text.AsSpan().IndexOfAny(Special) >= 0;

    /// <summary>Reads a pattern; the fault is a part of a sentence that begins with the pattern.</summary>
    public static bool TryParse(string text, out Glob glob, out string fault)
    {
        var alternatives = new List<string>();
        fault = "";
        glob = new Glob(text, []);
        if (!GlobBraces.TryExpand(text, MaxAlternatives, alternatives, out fault))
        {
            return false;
        }

        foreach (string alternative in alternatives)
        {
            if (GlobPart.FindFault(alternative) is { } found)
            {
                fault = found;
                return false;
            }
        }

        glob = new Glob(text, [.. alternatives.Select(a => a.Split('/'))]);
        return true;
    }

    /// <summary>Whether a whole name fits.</summary>
    public bool IsMatch(string name)
    {
        string[] parts = name.Split('/');
        return Array.Exists(_alternatives, a => Match(a, parts, wholeName: true));
    }

    /// <summary>Whether names in a folder may fit; the folder's name ends with a slash.</summary>
    public bool MayContain(string folder)
    {
        string[] parts = folder.TrimEnd('/').Split('/');
        return Array.Exists(_alternatives, a => Match(a, parts, wholeName: false));
    }

    // Which places of the pattern can be reached after each part of the name.
    private static bool Match(string[] pattern, string[] parts, bool wholeName)
    {
        var reached = new bool[pattern.Length + 1];
        reached[0] = true;
        SkipDoubleStars(pattern, reached);
        foreach (string part in parts)
        {
            var next = new bool[pattern.Length + 1];
            for (int i = 0; i < pattern.Length; i++)
            {
                if (reached[i])
                {
                    if (pattern[i] == "**")
                    {
                        next[i] = true;
                    }
                    else if (GlobPart.IsMatch(pattern[i], part))
                    {
                        next[i + 1] = true;
                    }
                }
            }

            SkipDoubleStars(pattern, next);
            reached = next;
        }

        return wholeName ? reached[^1] : reached.AsSpan(0, pattern.Length).Contains(true);
    }

    private static void SkipDoubleStars(string[] pattern, bool[] reached)
    {
        for (int i = 0; i < pattern.Length; i++)
        {
            if (reached[i] && pattern[i] == "**")
            {
                reached[i + 1] = true;
            }
        }
    }
}
