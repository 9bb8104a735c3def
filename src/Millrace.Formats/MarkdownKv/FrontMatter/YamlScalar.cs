using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Millrace.Columnar;

namespace Millrace.Formats.MarkdownKv;

/// <summary>Names and scalars of YAML within one line.</summary>
internal static class YamlScalar
{
    /// <summary>Cuts the name before a colon.</summary>
    /// <param name="line">From the name on.</param>
    /// <param name="name">The name.</param>
    /// <param name="length">Bytes up to what follows the colon.</param>
    public static bool TryKey(ReadOnlySpan<byte> line, [NotNullWhen(true)] out string? name, out int length)
    {
        name = null;
        length = 0;
        if (line.Length == 0)
        {
            return false;
        }

        int end;
        if (line[0] is (byte)'"' or (byte)'\'')
        {
            end = QuotedLength(line);
            if (end == 0 || !TryUnquote(line[..end], out name))
            {
                return false;
            }

            int colon = end + line[end..].IndexOfAnyExcept((byte)' ');
            if (colon < end || line[colon] != ':')
            {
                name = null;
                return false;
            }

            length = colon + 1;
            return length == line.Length || line[length] is (byte)' ' or (byte)'\t';
        }

        if (line[0] is (byte)'?' or (byte)'&' or (byte)'*' or (byte)'!' or (byte)'|' or (byte)'>' or (byte)'%' or (byte)'@' or (byte)'`' or (byte)'{' or (byte)'[' or (byte)']' or (byte)'}' or (byte)',')
        {
            return false;
        }

        for (end = 0; end < line.Length; end++)
        {
            if (line[end] == ':' && (end + 1 == line.Length || line[end + 1] is (byte)' ' or (byte)'\t'))
            {
                break;
            }

            if (line[end] == '#' && end > 0 && line[end - 1] == ' ')
            {
                return false;
            }
        }

        if (end == line.Length)
        {
            return false;
        }

        name = Encoding.UTF8.GetString(line[..end].TrimEnd(" \t"u8));
        length = end + 1;
        return true;
    }

    /// <summary>A value without blanks around it and the comment behind it.</summary>
    public static ReadOnlySpan<byte> WithoutComment(ReadOnlySpan<byte> text)
    {
        text = text.Trim(" \t"u8);
        byte quote = 0;
        for (int i = 0; i < text.Length; i++)
        {
            byte b = text[i];
            if (quote != 0)
            {
                i += quote == '"' && b == '\\' ? 1 : 0;
                quote = b == quote ? (byte)0 : quote;
            }
            else if (b is (byte)'"' or (byte)'\'' && (i == 0 || text[i - 1] is (byte)' ' or (byte)'[' or (byte)'{' or (byte)',' or (byte)':'))
            {
                quote = b;
            }
            else if (b == '#' && (i == 0 || text[i - 1] is (byte)' ' or (byte)'\t'))
            {
                return text[..i].TrimEnd(" \t"u8);
            }
        }

        return text;
    }

    /// <summary>Bytes of a quoted scalar with its quotes; 0 if it is not closed.</summary>
    public static int QuotedLength(ReadOnlySpan<byte> text)
    {
        byte quote = text[0];
        for (int i = 1; i < text.Length; i++)
        {
            if (quote == '"' && text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == quote)
            {
                if (quote == '"' || i + 1 == text.Length || text[i + 1] != quote)
                {
                    return i + 1;
                }

                i++;
            }
        }

        return 0;
    }

    public static bool TryUnquote(ReadOnlySpan<byte> quoted, [NotNullWhen(true)] out string? text)
    {
        if (quoted[0] == '"')
        {
            return JsonToken.TryDecode(quoted, out text);
        }

        text = Encoding.UTF8.GetString(quoted[1..^1]).Replace("''", "'", StringComparison.Ordinal);
        return true;
    }

    /// <summary>Appends a plain scalar as JSON: null, booleans and numbers of JSON, everything else a string.</summary>
    public static void WritePlain(ReadOnlySpan<byte> text, ByteBuffer json)
    {
        if (text.Length == 0 || text.SequenceEqual("~"u8) || text.SequenceEqual("null"u8) || text.SequenceEqual("Null"u8) || text.SequenceEqual("NULL"u8))
        {
            json.Write("null"u8);
        }
        else if (text.SequenceEqual("true"u8) || text.SequenceEqual("True"u8) || text.SequenceEqual("TRUE"u8))
        {
            json.Write("true"u8);
        }
        else if (text.SequenceEqual("false"u8) || text.SequenceEqual("False"u8) || text.SequenceEqual("FALSE"u8))
        {
            json.Write("false"u8);
        }
        else if (JsonToken.TryKind(text, out JsonTokenType kind) && kind == JsonTokenType.Number)
        {
            json.Write(text);
        }
        else
        {
            JsonString.Write(text, json);
        }
    }
}
