using System.Text.Json;
using Millrace.Columnar;

namespace Millrace.Formats.MarkdownKv;

/// <summary>
/// The line before a document: <c>&lt;!-- document "id" 2026-01-31T08:00:00Z --&gt;</c>, id and moment optional. In a document
/// such a line has a backslash before it.
/// </summary>
internal static class DocumentSeparator
{
    // A longer one is a comment like any other.
    private const int MaxLength = 4096;

    private static ReadOnlySpan<byte> Start => "<!-- document"u8;

    /// <param name="line">A line without its end.</param>
    /// <param name="id">The JSON string of the id; empty if there is none.</param>
    /// <param name="moment">Text of the moment; empty if there is none.</param>
    public static bool TryParse(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> id, out ReadOnlySpan<byte> moment)
    {
        id = moment = default;
        line = line.TrimEnd(" \t\r"u8);
        if (line.Length > MaxLength || !line.StartsWith(Start) || !line.EndsWith(" -->"u8))
        {
            return false;
        }

        ReadOnlySpan<byte> inside = line[Start.Length..^3].Trim((byte)' ');
        if (inside is [(byte)'"', ..])
        {
            int end = inside[1..].LastIndexOf((byte)'"') + 2;
            id = inside[..end];
            inside = inside[end..].Trim((byte)' ');
            if (!JsonToken.TryKind(id, out JsonTokenType kind) || kind != JsonTokenType.String)
            {
                return false;
            }
        }

        moment = inside;
        return inside.Length == 0 || TimestampText.TryParse(inside, TimeUnit.Microsecond, instant: true, out _, out _);
    }

    /// <summary>Whether a line, without the backslashes it begins with, is a separator.</summary>
    public static bool IsEscapable(ReadOnlySpan<byte> line) => TryParse(line.TrimStart((byte)'\\'), out _, out _);

    /// <param name="id">UTF-8 text, or default.</param>
    /// <param name="hasId">Whether there is one.</param>
    /// <param name="moment">Text of the moment, or empty.</param>
    /// <param name="target">Gets the line.</param>
    public static void Write(ReadOnlySpan<byte> id, bool hasId, ReadOnlySpan<byte> moment, ByteBuffer target)
    {
        target.Write(Start);
        if (hasId)
        {
            target.Write((byte)' ');
            int start = target.Length;
            JsonString.Write(id, target);
            EscapeClosing(target, start);
        }

        if (moment.Length > 0)
        {
            target.Write((byte)' ');
            target.Write(moment);
        }

        target.Write(" -->\n"u8);
    }

    // A comment ends at the first "-->".
    private static void EscapeClosing(ByteBuffer target, int start)
    {
        if (target.Written[start..].IndexOf((byte)'>') < 0)
        {
            return;
        }

        byte[] quoted = target.Written[start..].ToArray();
        target.Truncate(start);
        foreach (byte b in quoted)
        {
            if (b == '>')
            {
                target.Write("\\u003e"u8);
            }
            else
            {
                target.Write(b);
            }
        }
    }
}
