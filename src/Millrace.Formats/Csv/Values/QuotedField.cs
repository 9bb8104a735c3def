namespace Millrace.Formats.Csv;

/// <summary>Tells whether the quotes of a field stand where they belong: around all of it.</summary>
internal static class QuotedField
{
    /// <summary>Where the text begins that follows the closing quote of a field; -1 if none does.</summary>
    /// <param name="field">The field as it stands in the file.</param>
    /// <param name="isClosed">False for a field whose quote does not close; a field without quotes counts as closed.</param>
    public static int FindTail(ReadOnlySpan<byte> field, CsvDialect dialect, out bool isClosed)
    {
        isClosed = true;
        ReadOnlySpan<byte> text = dialect.Trim ? field.Trim((byte)' ') : field;
        if (text.IsEmpty || text[0] != dialect.Quote)
        {
            return -1;
        }

        byte quote = text[0];
        byte escape = dialect.Escape >= 0 ? (byte)dialect.Escape : quote;
        ReadOnlySpan<byte> rest = text[1..];
        for (int at; (at = rest.IndexOfAny(quote, escape)) >= 0; rest = rest[Math.Min(at + 2, rest.Length)..])
        {
            bool isLast = at + 1 == rest.Length;
            if (rest[at] == quote && (isLast || rest[at + 1] != quote))
            {
                int leading = dialect.Trim ? field.Length - field.TrimStart((byte)' ').Length : 0;
                return isLast ? -1 : leading + text.Length - rest.Length + at + 1;
            }
        }

        isClosed = false;
        return -1;
    }
}
