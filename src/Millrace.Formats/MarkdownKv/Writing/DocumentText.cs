using System.Text;
using Millrace.Columnar;

namespace Millrace.Formats.MarkdownKv;

/// <summary>One document in the making: writes names, values and text so that reading gives them back. One thread uses it.</summary>
internal sealed class DocumentText : IDisposable
{
    private bool _inFrontMatter;
    private bool _hasBody;
    private bool _afterProse;
    private readonly HashSet<string> _frontMatterNames = new(StringComparer.Ordinal);

    /// <summary>The document so far.</summary>
    public ByteBuffer Text { get; } = new();

    public void Begin()
    {
        Text.Truncate();
        _inFrontMatter = _hasBody = _afterProse = false;
        _frontMatterNames.Clear();
    }

    /// <summary>Adds a line of front matter; false where that is no longer possible: behind the body's begin, or for a name that is there.</summary>
    /// <param name="name">Name of the value.</param>
    /// <param name="json">The value, in one line.</param>
    public bool TryFrontMatter(string name, ReadOnlySpan<byte> json)
    {
        if (_hasBody || !_frontMatterNames.Add(name))
        {
            return false;
        }

        if (!_inFrontMatter)
        {
            Text.Write("---\n"u8);
            _inFrontMatter = true;
        }

        bool plain = name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
        Text.Write(plain ? Encoding.UTF8.GetBytes(name) : JsonString.Quote(name));
        Text.Write(": "u8);
        Text.Write(json);
        Text.Write((byte)'\n');
        return true;
    }

    /// <summary>Ends the front matter, if there is some.</summary>
    public void Body()
    {
        _hasBody = true;
        if (_inFrontMatter)
        {
            Text.Write("---\n"u8);
            _inFrontMatter = false;
        }
    }

    /// <summary>Enters a section by its titles; none leads back to the top.</summary>
    public void Section(IReadOnlyList<string> titles)
    {
        Body();
        if (titles.Count == 0)
        {
            Blank();
            Text.Write("#\n"u8);
        }

        for (int i = 0; i < Math.Min(titles.Count, KvLine.MaxLevel); i++)
        {
            // Deeper titles share the last heading there is.
            Heading(i + 1, i == KvLine.MaxLevel - 1 ? string.Join('/', titles.Skip(i)) : titles[i]);
        }

        _afterProse = false;
    }

    public void Heading(int level, string title)
    {
        Body();
        Blank();
        for (int i = 0; i < Math.Min(level, KvLine.MaxLevel); i++)
        {
            Text.Write((byte)'#');
        }

        Text.Write((byte)' ');
        byte[] plain = Encoding.UTF8.GetBytes(title);
        bool needsQuotes = plain.Length == 0 || plain[0] == '"' || KvLine.Trim(plain).Length < plain.Length || HasControls(plain, lineEnds: false);
        Text.Write(needsQuotes ? JsonString.Quote(title) : plain);
        Text.Write((byte)'\n');
        _afterProse = false;
    }

    /// <summary>A key with text that is no JSON, whatever it looks like.</summary>
    /// <param name="key">Name of the key.</param>
    /// <param name="value">UTF-8 text.</param>
    /// <param name="asJson">Whether text that cannot stand plain becomes a JSON string, rather than quoted text.</param>
    public void TextEntry(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool asJson)
    {
        Key(key);
        if (value.Length > 0)
        {
            Text.Write((byte)' ');
        }

        if (IsPlain(value))
        {
            Lines(value);
        }
        else
        {
            Text.Write(asJson ? ""u8 : "\\"u8);
            JsonString.Write(value, Text);
        }

        Text.Write((byte)'\n');
    }

    /// <summary>A key with a JSON value.</summary>
    public void JsonEntry(ReadOnlySpan<byte> key, ReadOnlySpan<byte> json)
    {
        Key(key);
        Text.Write((byte)' ');
        int start = Text.Length;
        Text.Write(json.Trim(" \t\r\n"u8));
        Text.Written[start..].Replace((byte)'\n', (byte)' ');
        Text.Written[start..].Replace((byte)'\r', (byte)' ');
        Text.Write((byte)'\n');
    }

    /// <summary>A paragraph.</summary>
    public void Prose(ReadOnlySpan<byte> text)
    {
        Body();
        Blank();
        if (text.Length == 0 || HasControls(text, lineEnds: true))
        {
            Text.Write((byte)'\\');
            JsonString.Write(text, Text);
            Text.Write((byte)'\n');
        }
        else
        {
            for (int at = 0; at <= text.Length;)
            {
                int length = text[at..].IndexOf((byte)'\n');
                ReadOnlySpan<byte> line = length < 0 ? text[at..] : text.Slice(at, length);
                Text.Write(IsPlainProse(line) ? ""u8 : "\\"u8);
                Text.Write(line);
                Text.Write((byte)'\n');
                at = length < 0 ? text.Length + 1 : at + length + 1;
            }
        }

        _afterProse = true;
    }

    public void Dispose() => Text.Dispose();

    private void Key(ReadOnlySpan<byte> key)
    {
        Body();
        if (_afterProse)
        {
            Blank();
            _afterProse = false;
        }

        if (NeedsQuotes(key))
        {
            JsonString.Write(key, Text);
        }
        else
        {
            Text.Write(key);
        }

        Text.Write("::"u8);
    }

    // What follows stands apart.
    private void Blank()
    {
        if (Text.Length > 0)
        {
            Text.Write((byte)'\n');
        }
    }

    private void Lines(ReadOnlySpan<byte> value)
    {
        int end;
        while ((end = value.IndexOf((byte)'\n')) >= 0)
        {
            Text.Write(value[..(end + 1)]);
            value = value[(end + 1)..];
            if (value.Length > 0 && value[0] != '\n')
            {
                Text.Write("  "u8);
            }
        }

        Text.Write(value);
    }

    private static bool NeedsQuotes(ReadOnlySpan<byte> key)
        => key.Length == 0 || key[0] is (byte)'"' or (byte)'\\' || KvLine.Trim(key).Length < key.Length || HasControls(key, lineEnds: false)
            || key.IndexOf("::"u8) >= 0 || key[^1] == ':' || KvLine.Heading(key, out _) > 0 || key.StartsWith("<!--"u8) || KvLine.Fence(key) > 0 || key.StartsWith("---"u8);

    private static bool IsPlain(ReadOnlySpan<byte> value)
    {
        if (value.Length == 0)
        {
            return true;
        }

        if (KvLine.Trim(value).Length < value.Length || value.StartsWith("\\\""u8) || HasControls(value, lineEnds: true) || JsonToken.TryKind(value, out _))
        {
            return false;
        }

        // A line of blanks reads as an empty one, and the first line without the blanks at its end.
        for (int at = 0; at < value.Length;)
        {
            bool isFirst = at == 0;
            ReadOnlySpan<byte> line = KvLine.Read(value, at, out at);
            if (line.Length > 0 && (KvLine.IsBlank(line) || (isFirst && line[^1] is (byte)' ' or (byte)'\t')))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsPlainProse(ReadOnlySpan<byte> line)
        => line.Length > 0 && line[0] is not ((byte)' ' or (byte)'\t' or (byte)'\\' or (byte)'#' or (byte)'`' or (byte)'~' or (byte)'-' or (byte)'<') && line.IndexOf("::"u8) < 0 && !KvLine.IsBlank(line);

    private static bool HasControls(ReadOnlySpan<byte> text, bool lineEnds)
    {
        foreach (byte b in text)
        {
            if (b < 0x20 && b != '\t' && !(lineEnds && b == '\n'))
            {
                return true;
            }
        }

        return false;
    }
}
