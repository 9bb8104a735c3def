using System.Text.Json;
using Millrace.Columnar;

namespace Millrace.Formats.MarkdownKv;

/// <summary>Goes through the lines of a document. One thread uses it.</summary>
internal sealed class DocumentWalker : IDisposable
{
    private readonly ByteBuffer _scratch = new();
    private readonly FrontMatterParser _frontMatter = new();

    /// <summary>What is wrong with the document that was walked last.</summary>
    public string Fault { get; private set; } = "";

    /// <summary>Line of the fault in the document, from 0.</summary>
    public int FaultLine { get; private set; }

    /// <summary>Tells a visitor the parts of a document; false if its front matter cannot be read.</summary>
    public bool Walk(ReadOnlySpan<byte> text, DocumentVisitor visitor)
    {
        int at = 0;
        if (StartsFrontMatter(text, out int first))
        {
            if (!ReadFrontMatter(text, first, out at))
            {
                return false;
            }

            visitor.FrontMatter(_frontMatter.Json);
        }

        while (at < text.Length)
        {
            ReadOnlySpan<byte> line = KvLine.Read(text, at, out int next);
            if (KvLine.IsBlank(line))
            {
                at = next;
            }
            else if (KvLine.Heading(line, out ReadOnlySpan<byte> title) is > 0 and var level)
            {
                visitor.Heading(level, title);
                at = next;
            }
            else if (KvLine.IsComment(line))
            {
                at = next;
            }
            else if (KvLine.TryEntry(line, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value))
            {
                at = next;
                visitor.Entry(key, KvValue.Parse(ReadContinuation(text, value, ref at)));
            }
            else
            {
                visitor.Prose(ReadProse(text, ref at));
            }
        }

        return true;
    }

    public void Dispose()
    {
        _scratch.Dispose();
        _frontMatter.Dispose();
    }

    private static bool StartsFrontMatter(ReadOnlySpan<byte> text, out int next)
        => KvLine.Read(text, 0, out next).TrimEnd(" \t"u8).SequenceEqual("---"u8);

    private bool ReadFrontMatter(ReadOnlySpan<byte> text, int start, out int next)
    {
        next = start;
        while (next < text.Length)
        {
            int at = next;
            ReadOnlySpan<byte> line = KvLine.Read(text, at, out next).TrimEnd(" \t"u8);
            if (line.SequenceEqual("---"u8) || line.SequenceEqual("..."u8))
            {
                if (_frontMatter.TryParse(text[start..at]))
                {
                    return true;
                }

                Fault = _frontMatter.Fault;
                FaultLine = _frontMatter.FaultLine + 1;
                return false;
            }
        }

        Fault = "The front matter is not closed by a line of three dashes.";
        FaultLine = 0;
        return false;
    }

    // Indented lines go on with a value; blank lines between them are part of it.
    private ReadOnlySpan<byte> ReadContinuation(ReadOnlySpan<byte> text, ReadOnlySpan<byte> value, ref int at)
    {
        bool joined = false;
        int end = at;
        int blanks = 0;
        while (end < text.Length)
        {
            ReadOnlySpan<byte> line = KvLine.Read(text, end, out end);
            if (KvLine.IsBlank(line))
            {
                blanks++;
                continue;
            }

            if (!KvLine.IsIndented(line))
            {
                break;
            }

            if (!joined)
            {
                _scratch.Truncate();
                _scratch.Write(value);
                joined = true;
            }

            for (; blanks >= 0; blanks--)
            {
                _scratch.Write((byte)'\n');
            }

            blanks = 0;
            int indent = line[0] == '\t' || line.Length < 2 || line[1] != ' ' ? 1 : 2;
            _scratch.Write(line[indent..]);
            at = end;
        }

        return joined ? KvLine.Trim(_scratch.Written) : value;
    }

    // Up to a blank line or one that is something else; a block of code up to its end.
    private KvValue ReadProse(ReadOnlySpan<byte> text, ref int at)
    {
        _scratch.Truncate();
        ReadOnlySpan<byte> first = KvLine.Read(text, at, out _);
        byte fence = first[0];
        int length = KvLine.Fence(first);
        bool isFirst = true;
        while (at < text.Length)
        {
            ReadOnlySpan<byte> line = KvLine.Read(text, at, out int next);
            bool closes = length > 0 && !isFirst && line.Length > 0 && line[0] == fence && KvLine.Fence(line) >= length;
            if (length == 0 && !isFirst && EndsParagraph(line))
            {
                break;
            }

            if (!isFirst)
            {
                _scratch.Write((byte)'\n');
            }

            if (length == 0 && isFirst && IsQuoted(line) && (next >= text.Length || EndsParagraph(KvLine.Read(text, next, out _))))
            {
                at = next;
                return new KvValue(KvKind.QuotedText, line[1..]);
            }

            // A backslash says that the rest of the line is text.
            _scratch.Write(length == 0 && line is [(byte)'\\', ..] ? line[1..] : line);
            isFirst = false;
            at = next;
            if (closes)
            {
                break;
            }
        }

        return new KvValue(KvKind.Text, _scratch.Written);
    }

    private static bool EndsParagraph(ReadOnlySpan<byte> line)
        => KvLine.IsBlank(line) || KvLine.Heading(line, out _) > 0 || KvLine.Fence(line) > 0 || KvLine.IsComment(line) || KvLine.TryEntry(line, out _, out _);

    private static bool IsQuoted(ReadOnlySpan<byte> line)
        => line is [(byte)'\\', (byte)'"', ..] && JsonToken.TryKind(line[1..], out JsonTokenType kind) && kind == JsonTokenType.String;
}
