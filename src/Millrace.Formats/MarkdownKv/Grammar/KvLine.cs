using System.Text;

namespace Millrace.Formats.MarkdownKv;

/// <summary>What a line of a document is, told from the line alone.</summary>
internal static class KvLine
{
    public const int MaxLevel = 6;

    /// <summary>The next line without its end; <paramref name="next"/> is where the one after it begins.</summary>
    public static ReadOnlySpan<byte> Read(ReadOnlySpan<byte> text, int start, out int next)
    {
        ReadOnlySpan<byte> rest = text[start..];
        int end = rest.IndexOf((byte)'\n');
        next = end < 0 ? text.Length : start + end + 1;
        ReadOnlySpan<byte> line = end < 0 ? rest : rest[..end];
        return line is [.., (byte)'\r'] ? line[..^1] : line;
    }

    public static bool IsBlank(ReadOnlySpan<byte> line) => line.IndexOfAnyExcept((byte)' ', (byte)'\t', (byte)'\r') < 0;

    public static bool IsIndented(ReadOnlySpan<byte> line) => line is [(byte)' ' or (byte)'\t', ..];

    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \t\r\n"u8);

    /// <summary>Level of a heading, 1 to 6, and its text; 0 for another line.</summary>
    public static int Heading(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> title)
    {
        int level = line.IndexOfAnyExcept((byte)'#');
        level = level < 0 ? line.Length : level;
        title = default;
        if (level is 0 or > MaxLevel || (level < line.Length && line[level] is not ((byte)' ' or (byte)'\t')))
        {
            return 0;
        }

        title = Trim(line[level..]);
        return level;
    }

    /// <summary>Length of the run of backticks or tildes that opens or closes a block of code; 0 for another line.</summary>
    public static int Fence(ReadOnlySpan<byte> line)
    {
        if (line is not [(byte)'`' or (byte)'~', ..])
        {
            return 0;
        }

        int run = line.IndexOfAnyExcept(line[0]);
        run = run < 0 ? line.Length : run;
        return run >= 3 ? run : 0;
    }

    public static bool IsComment(ReadOnlySpan<byte> line) => line.StartsWith("<!--"u8) && line.TrimEnd(" \t"u8).EndsWith("-->"u8) && line.Length >= 7;

    /// <summary>Cuts <c>key:: value</c>; the key is a plain name or, in quotes, a JSON string.</summary>
    public static bool TryEntry(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        key = value = default;
        if (line.Length == 0 || line[0] is (byte)'\\' or (byte)' ' or (byte)'\t')
        {
            return false;
        }

        int from = line[0] == '"' ? QuotedLength(line) : 0;
        int end = from;
        while (true)
        {
            int found = line[end..].IndexOf("::"u8);
            if (found < 0)
            {
                return false;
            }

            end += found;
            if (end + 2 == line.Length || line[end + 2] is (byte)' ' or (byte)'\t')
            {
                break;
            }

            end++;
        }

        key = Trim(line[..end]);
        value = Trim(line[(end + 2)..]);
        return key.Length > 0;
    }

    /// <summary>A name that may stand in quotes: a key or a title.</summary>
    public static string Name(ReadOnlySpan<byte> text) => text is [(byte)'"', ..] && JsonToken.TryDecode(text, out string? name) ? name : Encoding.UTF8.GetString(text);

    /// <summary>Whether the first lines of a file have the look of a document.</summary>
    public static bool LooksLikeDocument(ReadOnlySpan<byte> head)
    {
        head = head.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? head[3..] : head;
        int at = 0;
        while (at < head.Length)
        {
            ReadOnlySpan<byte> line = Read(head, at, out at);
            if (!IsBlank(line) && Heading(line, out _) == 0)
            {
                return line.SequenceEqual("---"u8) || IsComment(line) || (TryEntry(line, out ReadOnlySpan<byte> key, out _) && key.IndexOfAny((byte)',', (byte)';') < 0);
            }
        }

        return false;
    }

    // A quote that is never closed is part of a plain name.
    private static int QuotedLength(ReadOnlySpan<byte> line)
    {
        for (int i = 1; i < line.Length; i++)
        {
            if (line[i] == '\\')
            {
                i++;
            }
            else if (line[i] == '"')
            {
                return i + 1;
            }
        }

        return 0;
    }
}
