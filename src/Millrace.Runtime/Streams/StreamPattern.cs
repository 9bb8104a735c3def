using System.Text;

namespace Millrace.Runtime;

/// <summary>One part of a selection: a name, or a pattern.</summary>
internal sealed record StreamPattern
{
    // What stands for itself, and what stands for others, apart from each other.
    private const char Any = '\uffff';
    private const char One = '\ufffe';

    private readonly string _pattern;
    private readonly bool _hasDot;

    private StreamPattern(string text, bool leavesOut, string pattern)
    {
        Text = text;
        LeavesOut = leavesOut;
        _pattern = pattern;
        IsName = pattern.AsSpan().IndexOfAny(Any, One) < 0;
        _hasDot = StreamName.Parts(text).Count > 1;
    }

    public string Text { get; }

    public bool LeavesOut { get; }

    /// <summary>Whether it stands for one stream only.</summary>
    public bool IsName { get; }

    public static StreamPattern Parse(string text)
    {
        bool leavesOut = text.StartsWith('-');
        string rest = leavesOut ? text[1..].TrimStart() : text;
        var pattern = new StringBuilder();
        bool quoted = false;
        foreach (char c in rest)
        {
            quoted ^= c == '"';
            pattern.Append(c switch
            {
                '*' when !quoted => Any,
                '?' when !quoted => One,
                _ => c,
            });
        }

        return new StreamPattern(rest, leavesOut, pattern.ToString());
    }

    /// <summary>Whether it stands for a stream, by its name as the source writes it or without the quotes that a part may need there.</summary>
    public bool Matches(string stream)
    {
        if (FitsWhole(stream, StreamName.Last(stream)))
        {
            return true;
        }

        string[] plain = [.. StreamName.Parts(stream).Select(StreamName.Plain)];
        return FitsWhole(string.Join('.', plain), plain[^1]);
    }

    private bool FitsWhole(string name, string last) => Fits(name) || (!_hasDot && Fits(last));

    // Goes back to the last star when the rest does not fit, which is enough: an earlier one could only take less.
    private bool Fits(string name)
    {
        int at = 0;
        int part = 0;
        int star = -1;
        int taken = 0;
        while (at < name.Length)
        {
            if (part < _pattern.Length && (_pattern[part] == One || _pattern[part] == name[at]))
            {
                at++;
                part++;
            }
            else if (part < _pattern.Length && _pattern[part] == Any)
            {
                star = part++;
                taken = at;
            }
            else if (star >= 0)
            {
                part = star + 1;
                at = ++taken;
            }
            else
            {
                return false;
            }
        }

        while (part < _pattern.Length && _pattern[part] == Any)
        {
            part++;
        }

        return part == _pattern.Length;
    }
}
