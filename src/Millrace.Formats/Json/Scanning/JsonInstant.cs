namespace Millrace.Formats.Json;

/// <summary>Questions about texts that are timestamps.</summary>
internal static class JsonInstant
{
    /// <summary>Digits of a second, without zeros at the end.</summary>
    public static int FractionDigits(ReadOnlySpan<byte> text)
    {
        int point = text.IndexOfAny((byte)'.', (byte)',');
        if (point < 0)
        {
            return 0;
        }

        int end = point + 1;
        int significant = 0;
        while (end < text.Length && text[end] - (uint)'0' <= 9)
        {
            end++;
            significant = text[end - 1] == '0' ? significant : end - point - 1;
        }

        return significant;
    }
}
