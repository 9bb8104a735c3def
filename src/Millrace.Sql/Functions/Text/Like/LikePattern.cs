namespace Millrace.Sql.Functions;

/// <summary>
/// A pattern of LIKE: <c>%</c> is any text, <c>_</c> any code point. Taken apart at its percent signs into segments: the
/// first is bound to the start of the text, the last to its end, and each between them is looked for from where the one
/// before ended. Can be prepared again for another pattern; one thread uses it.
/// </summary>
internal sealed class LikePattern
{
    private const short AnyCodePoint = -1;

    // A segment is a run of tokens: bytes, or any code point. The bytes stand apart too, for segments that have only those.
    private readonly List<(int Start, int Length, bool Literal)> _segments = [];
    private short[] _tokens = [];
    private byte[] _bytes = [];
    private int _count;

    /// <summary>Takes a pattern apart; false if it ends with the escape character.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="escape">The code point that takes the meaning from the one behind it; empty for none.</param>
    public bool TryPrepare(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> escape)
    {
        if (_tokens.Length < pattern.Length)
        {
            _tokens = new short[pattern.Length];
            _bytes = new byte[pattern.Length];
        }

        _segments.Clear();
        _count = 0;
        int start = 0;
        bool literal = true;
        for (int at = 0; at < pattern.Length;)
        {
            if (escape.Length > 0 && pattern[at..].StartsWith(escape))
            {
                at += escape.Length;
                if (at == pattern.Length)
                {
                    return false;
                }

                int next = Utf8Text.Next(pattern, at);
                while (at < next)
                {
                    Add(pattern[at++]);
                }
            }
            else if (pattern[at] == '%')
            {
                _segments.Add((start, _count - start, literal));
                start = _count;
                literal = true;
                at++;
            }
            else if (pattern[at] == '_')
            {
                _bytes[_count] = 0;
                _tokens[_count++] = AnyCodePoint;
                literal = false;
                at++;
            }
            else
            {
                Add(pattern[at++]);
            }
        }

        _segments.Add((start, _count - start, literal));
        return true;
    }

    public bool Matches(ReadOnlySpan<byte> text)
    {
        int last = _segments.Count - 1;
        if (last == 0)
        {
            return TryForward(0, text, 0, out int all) && all == text.Length;
        }

        if (!TryForward(0, text, 0, out int at) || !TryBackward(last, text, out int end) || end < at)
        {
            return false;
        }

        text = text[..end];
        for (int segment = 1; segment < last; segment++)
        {
            if (!TryFind(segment, text, ref at))
            {
                return false;
            }
        }

        return true;
    }

    private void Add(byte value)
    {
        _bytes[_count] = value;
        _tokens[_count++] = value;
    }

    private ReadOnlySpan<byte> Literal(int segment) => _bytes.AsSpan(_segments[segment].Start, _segments[segment].Length);

    private bool TryForward(int segment, ReadOnlySpan<byte> text, int at, out int end)
    {
        (int start, int length, bool literal) = _segments[segment];
        if (literal)
        {
            end = at + length;
            return text[at..].StartsWith(Literal(segment));
        }

        end = at;
        foreach (short token in _tokens.AsSpan(start, length))
        {
            if (end >= text.Length || (token != AnyCodePoint && text[end] != token))
            {
                return false;
            }

            end = token == AnyCodePoint ? Utf8Text.Next(text, end) : end + 1;
        }

        return true;
    }

    private bool TryBackward(int segment, ReadOnlySpan<byte> text, out int begin)
    {
        (int start, int length, bool literal) = _segments[segment];
        begin = text.Length - length;
        if (literal)
        {
            return text.EndsWith(Literal(segment));
        }

        begin = text.Length;
        for (int i = start + length - 1; i >= start; i--)
        {
            short token = _tokens[i];
            if (begin == 0 || (token != AnyCodePoint && text[begin - 1] != token))
            {
                return false;
            }

            begin = token == AnyCodePoint ? Utf8Text.Previous(text, begin) : begin - 1;
        }

        return true;
    }

    // The first place is the best one: whatever follows has the most text left.
    private bool TryFind(int segment, ReadOnlySpan<byte> text, ref int at)
    {
        if (_segments[segment].Literal)
        {
            int found = text[at..].IndexOf(Literal(segment));
            at += found + _segments[segment].Length;
            return found >= 0;
        }

        for (int start = at; start < text.Length; start = Utf8Text.Next(text, start))
        {
            if (TryForward(segment, text, start, out int end))
            {
                at = end;
                return true;
            }
        }

        return false;
    }
}
