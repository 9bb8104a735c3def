namespace Millrace.Formats.Json;

/// <summary>Walks over values without decoding them.</summary>
internal static unsafe class JsonSyntax
{
    /// <summary>
    /// The token behind a value, found by counting brackets alone: what stands between them is not looked at. Null after a fault, which
    /// for a text that is not complete lies at or behind <see cref="JsonSegment.End"/>.
    /// </summary>
    public static uint* Skip(JsonSegment segment, uint* token)
    {
        byte* text = segment.Text;
        byte first = text[*token];
        if (first == '"')
        {
            return text[token[1]] == '"' ? token + 2 : segment.Fail(JsonFault.Syntax, token + 1);
        }

        if (first is not ((byte)'{' or (byte)'['))
        {
            return IsWordStart(first) ? token + 1 : segment.Fail(JsonFault.Syntax, token);
        }

        int depth = 0;
        uint* end = segment.End;
        for (uint* at = token; at < end; at++)
        {
            // Braces and brackets differ in one bit; the quotes of texts come in pairs and count nothing.
            byte c = text[*at];
            if ((c | 0x20) == '{')
            {
                if (++depth > segment.MaxDepth)
                {
                    return segment.Fail(JsonFault.TooDeep, at);
                }
            }
            else if ((c | 0x20) == '}')
            {
                if (--depth == 0)
                {
                    return at + 1;
                }
            }
            else if (c < 0x20)
            {
                return segment.Fail(JsonFault.Syntax, at);
            }
        }

        return segment.Fail(JsonFault.Syntax, end);
    }

    /// <summary>The token behind a value that is checked to be JSON in every part; null after a fault.</summary>
    public static uint* Check(JsonSegment segment, uint* token)
    {
        byte* text = segment.Text;
        int depth = 0;

        // A bit per level: set in objects.
        Span<ulong> objects = stackalloc ulong[(Math.Min(segment.MaxDepth, MaxCheckedDepth) / 64) + 1];
        while (true)
        {
            byte first = text[*token];
            if (first is (byte)'{' or (byte)'[')
            {
                if (depth >= segment.MaxDepth || depth >= MaxCheckedDepth)
                {
                    return segment.Fail(JsonFault.TooDeep, token);
                }

                bool isObject = first == '{';
                depth++;
                objects[depth / 64] = isObject ? objects[depth / 64] | (1UL << depth) : objects[depth / 64] & ~(1UL << depth);
                token++;
                if (text[*token] != (isObject ? '}' : ']'))
                {
                    if (isObject && (token = Key(segment, token)) == null)
                    {
                        return null;
                    }

                    continue;
                }

                token++;
                depth--;
            }
            else if ((token = Scalar(segment, token)) == null)
            {
                return null;
            }

            // Behind a value: close what ends here, or go on after a comma.
            while (true)
            {
                if (depth == 0)
                {
                    return token;
                }

                bool inObject = (objects[depth / 64] & (1UL << depth)) != 0;
                byte c = text[*token];
                if (c == ',')
                {
                    token++;
                    if (inObject && (token = Key(segment, token)) == null)
                    {
                        return null;
                    }

                    break;
                }

                if (c != (inObject ? '}' : ']'))
                {
                    return segment.Fail(JsonFault.Syntax, token);
                }

                token++;
                depth--;
            }
        }
    }

    /// <summary>The bytes of a value, without white space at its end.</summary>
    public static ReadOnlySpan<byte> Raw(byte* text, uint* token, uint* end)
    {
        byte* start = text + *token;
        byte* stop = text + *end;
        while (stop > start && JsonChars.IsSpace(stop[-1]))
        {
            stop--;
        }

        return new ReadOnlySpan<byte>(start, (int)(stop - start));
    }

    private const int MaxCheckedDepth = 1000;

    private static bool IsWordStart(byte b) => b is (byte)'-' or (>= (byte)'0' and <= (byte)'9') or (byte)'t' or (byte)'f' or (byte)'n';

    // A key and its colon; returns the token of the value.
    private static uint* Key(JsonSegment segment, uint* token)
    {
        if (segment.Text[*token] != '"')
        {
            return segment.Fail(JsonFault.Syntax, token);
        }

        token = Scalar(segment, token);
        return token == null ? null : segment.Text[*token] == ':' ? token + 1 : segment.Fail(JsonFault.Syntax, token);
    }

    private static uint* Scalar(JsonSegment segment, uint* token)
    {
        byte* text = segment.Text;
        byte first = text[*token];
        if (first == '"')
        {
            return text[token[1]] != '"' ? segment.Fail(JsonFault.Syntax, token + 1)
                : HasBadEscape(segment, token) ? segment.Fail(JsonFault.Syntax, token)
                : token + 2;
        }

        bool ok = IsWordStart(first) && token < segment.End;
        if (ok)
        {
            ReadOnlySpan<byte> word = JsonChars.Word(text, token);
            ok = first switch
            {
                (byte)'t' => word.SequenceEqual("true"u8),
                (byte)'f' => word.SequenceEqual("false"u8),
                (byte)'n' => word.SequenceEqual("null"u8),
                _ => JsonNumber.TryClassify(word, out _),
            };
        }

        return ok ? token + 1 : segment.Fail(JsonFault.Syntax, token);
    }

    private static bool HasBadEscape(JsonSegment segment, uint* token)
    {
        if ((segment.Traits & JsonTraits.Backslashes) == 0)
        {
            return false;
        }

        var rest = new ReadOnlySpan<byte>(segment.Text + token[0] + 1, (int)(token[1] - token[0]) - 1);
        while (rest.IndexOf((byte)'\\') is >= 0 and int at)
        {
            byte c = rest[at + 1];
            bool hex = c == 'u' && rest.Length >= at + 6 && IsHex(rest.Slice(at + 2, 4));
            if (!hex && !"\"\\/bfnrt"u8.Contains(c))
            {
                return true;
            }

            rest = rest[(at + (hex ? 6 : 2))..];
        }

        return false;
    }

    private static bool IsHex(ReadOnlySpan<byte> digits)
    {
        foreach (byte c in digits)
        {
            if (!char.IsAsciiHexDigit((char)c))
            {
                return false;
            }
        }

        return true;
    }
}
