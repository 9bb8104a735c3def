using System.Text;
using Millrace.Columnar;

namespace Millrace.Formats.MarkdownKv;

/// <summary>A value of YAML within one line: a scalar, or lists and mappings in brackets.</summary>
internal readonly struct YamlFlow(ByteBuffer json)
{
    private const int MaxDepth = JsonToken.MaxDepth;

    public bool TryWrite(ReadOnlySpan<byte> text, out string fault)
    {
        int at = 0;
        if (text[0] is not ((byte)'[' or (byte)'{' or (byte)'"' or (byte)'\''))
        {
            fault = Refused(text);
            if (fault.Length > 0)
            {
                return false;
            }

            YamlScalar.WritePlain(text, json);
            return true;
        }

        if (!Node(text, ref at, 0, out fault))
        {
            return false;
        }

        fault = at < text.Length ? $"Found '{Encoding.UTF8.GetString(text[at..Math.Min(text.Length, at + 40)])}' behind a value." : "";
        return fault.Length == 0;
    }

    private static string Refused(ReadOnlySpan<byte> text) => text[0] switch
    {
        (byte)'&' or (byte)'*' => "Anchors and aliases are not read here.",
        (byte)'!' => "Tags are not read here.",
        (byte)'@' or (byte)'`' or (byte)'%' => "A plain value cannot begin with this character; put it in quotes.",
        _ => text.IndexOf(": "u8) >= 0 || text[^1] == ':' ? "A colon stands in a plain value; put the value in quotes." : "",
    };

    private bool Node(ReadOnlySpan<byte> text, ref int at, int depth, out string fault)
    {
        fault = "";
        if (depth > MaxDepth)
        {
            fault = $"The value is nested deeper than {MaxDepth} levels.";
            return false;
        }

        byte first = text[at];
        if (first is (byte)'[' or (byte)'{')
        {
            return Collection(text, ref at, depth, isMapping: first == '{', out fault);
        }

        if (first is (byte)'"' or (byte)'\'')
        {
            int length = YamlScalar.QuotedLength(text[at..]);
            if (length == 0 || !YamlScalar.TryUnquote(text.Slice(at, length), out string? unquoted))
            {
                fault = "A quoted value is not closed, or has an escape that JSON does not have.";
                return false;
            }

            json.Write(JsonString.Quote(unquoted));
            at += length;
            return true;
        }

        int end = PlainEnd(text, at, stopAtColon: false);
        ReadOnlySpan<byte> plain = text[at..end].TrimEnd(" \t"u8);
        fault = plain.Length > 0 ? Refused(plain) : "";
        YamlScalar.WritePlain(plain, json);
        at = end;
        return fault.Length == 0;
    }

    private bool Collection(ReadOnlySpan<byte> text, ref int at, int depth, bool isMapping, out string fault)
    {
        byte close = isMapping ? (byte)'}' : (byte)']';
        bool any = false;
        json.Write(text[at++]);
        while (Skip(text, ref at) && text[at] != close)
        {
            if (any)
            {
                json.Write((byte)',');
            }

            any = true;
            if (isMapping && !Name(text, ref at, out fault))
            {
                return false;
            }

            if (!Skip(text, ref at))
            {
                break;
            }

            if (!Node(text, ref at, depth + 1, out fault))
            {
                return false;
            }

            if (!Skip(text, ref at) || text[at] == close)
            {
                break;
            }

            if (text[at++] != ',')
            {
                fault = "Values in brackets are not divided by commas.";
                return false;
            }
        }

        bool closed = at < text.Length;
        fault = closed ? "" : "A bracket is not closed in its line.";
        at++;
        json.Write(close);
        return closed;
    }

    private bool Name(ReadOnlySpan<byte> text, ref int at, out string fault)
    {
        string? name;
        int start = at;
        if (text[at] is (byte)'"' or (byte)'\'')
        {
            int length = YamlScalar.QuotedLength(text[at..]);
            name = length > 0 && YamlScalar.TryUnquote(text.Slice(at, length), out string? unquoted) ? unquoted : null;
            at += length;
        }
        else
        {
            at = PlainEnd(text, at, stopAtColon: true);
            name = Encoding.UTF8.GetString(text[start..at].TrimEnd(" \t"u8));
        }

        if (name is null || !Skip(text, ref at) || text[at] != ':')
        {
            fault = "A mapping in brackets has a name without a colon.";
            return false;
        }

        at++;
        fault = "";
        json.Write(JsonString.Quote(name));
        json.Write((byte)':');
        return true;
    }

    private static int PlainEnd(ReadOnlySpan<byte> text, int at, bool stopAtColon)
    {
        while (at < text.Length && text[at] is not ((byte)',' or (byte)']' or (byte)'}' or (byte)'[' or (byte)'{') && !(stopAtColon && text[at] == ':'))
        {
            at++;
        }

        return at;
    }

    private static bool Skip(ReadOnlySpan<byte> text, ref int at)
    {
        while (at < text.Length && text[at] is (byte)' ' or (byte)'\t')
        {
            at++;
        }

        return at < text.Length;
    }
}
