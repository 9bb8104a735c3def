namespace Millrace.Formats.Csv;

/// <summary>Counts lines for messages.</summary>
internal static class LineCounter
{
    /// <summary>Ends of lines: LF, CR LF, and CR alone.</summary>
    /// <param name="text">Any part of a text that does not end between CR and LF.</param>
    /// <param name="hasReturn">Whether a CR may be in it.</param>
    public static long Count(ReadOnlySpan<byte> text, bool hasReturn)
    {
        long lines = text.Count((byte)'\n');
        if (hasReturn)
        {
            lines += text.Count((byte)'\r') - text.Count("\r\n"u8);
        }

        return lines;
    }
}
