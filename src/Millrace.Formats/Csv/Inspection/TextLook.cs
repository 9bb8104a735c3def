namespace Millrace.Formats.Csv;

/// <summary>How much the first bytes of a file look like delimited text.</summary>
internal static class TextLook
{
    private const int Likely = 30;
    private const int Possible = 5;

    public static int Score(ReadOnlySpan<byte> head)
    {
        int end = head.LastIndexOf((byte)'\n');
        if (end < 0 || head.IndexOfAnyInRange((byte)0, (byte)8) >= 0 || head.TrimStart(" \r\n\t"u8) is [(byte)'{' or (byte)'[' or (byte)'<', ..])
        {
            return 0;
        }

        foreach (byte delimiter in ",;\t|"u8)
        {
            int first = -1;
            bool same = true;
            ReadOnlySpan<byte> text = head[..end];
            while (same && !text.IsEmpty)
            {
                int line = text.IndexOf((byte)'\n');
                line = line < 0 ? text.Length : line;
                int count = text[..line].Count(delimiter);
                first = first < 0 ? count : first;
                same = count == first && count > 0;
                text = text[Math.Min(line + 1, text.Length)..];
            }

            if (same && first > 0)
            {
                return Likely;
            }
        }

        return Possible;
    }
}
