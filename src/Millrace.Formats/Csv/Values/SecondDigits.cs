namespace Millrace.Formats.Csv;

/// <summary>How finely a text tells the time.</summary>
internal static class SecondDigits
{
    /// <summary>Digits behind the point of a time; 0 without one.</summary>
    public static int Of(ReadOnlySpan<byte> text)
    {
        int point = text.LastIndexOf((byte)'.');
        if (point < 0)
        {
            return 0;
        }

        int end = text[(point + 1)..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return end < 0 ? text.Length - point - 1 : end;
    }
}
