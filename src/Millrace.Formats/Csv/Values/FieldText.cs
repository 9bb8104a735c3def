using Millrace.Columnar;

namespace Millrace.Formats.Csv;

/// <summary>
/// Turns the bytes of a field into its text: takes off quotes, escapes and spaces, and knows which fields are null. One
/// thread uses it.
/// </summary>
internal sealed class FieldText(CsvOptions options, NullTokens nulls) : IDisposable
{
    private readonly CsvDialect _dialect = CsvDialect.Of(options);
    private NativeBuffer? _scratch;

    public CsvDialect Dialect => _dialect;

    public NullTokens Nulls => nulls;

    /// <summary>The text of a field; false if it is null. The text is dead after the next call.</summary>
    public bool TryGet(ReadOnlySpan<byte> field, out ReadOnlySpan<byte> text)
    {
        text = _dialect.Trim ? field.Trim((byte)' ') : field;
        if (!text.IsEmpty && text[0] == _dialect.Quote)
        {
            text = Unquote(text[1..]);
            return true;
        }

        if (nulls.Contains(text))
        {
            return false;
        }

        if (_dialect.Escape >= 0 && text.Contains((byte)_dialect.Escape))
        {
            Span<byte> target = Scratch(text.Length);
            text = target[..Unescape(text, target)];
        }

        return true;
    }

    /// <summary>
    /// The same for columns of numbers, dates and the like: spaces around them mean nothing, and nothing but spaces means
    /// what an empty field does.
    /// </summary>
    public bool TryGetTrimmed(ReadOnlySpan<byte> field, out ReadOnlySpan<byte> text)
    {
        if (!TryGet(field, out ReadOnlySpan<byte> whole))
        {
            text = default;
            return false;
        }

        text = whole.Trim((byte)' ');
        bool isBlank = text.IsEmpty && !whole.IsEmpty && field.IndexOfAnyExcept((byte)' ') < 0;
        return !isBlank || !nulls.Contains(text);
    }

    public void Dispose() => _scratch?.Dispose();

    private ReadOnlySpan<byte> Unquote(ReadOnlySpan<byte> text)
    {
        byte quote = (byte)_dialect.Quote;
        byte escape = (byte)(_dialect.Escape >= 0 ? _dialect.Escape : quote);
        int at = text.IndexOfAny(quote, escape);
        if (at >= 0 && at == text.Length - 1 && text[at] == quote)
        {
            return text[..at];
        }

        Span<byte> target = Scratch(text.Length);
        int written = 0;
        while (at >= 0)
        {
            text[..at].CopyTo(target[written..]);
            written += at;
            bool literal = at + 1 < text.Length && (text[at] != quote || text[at + 1] == quote);
            if (!literal)
            {
                // The closing quote. Rows are bad where text follows it; a sample shows it as a part of the field.
                ReadOnlySpan<byte> tail = text[Math.Min(at + 1, text.Length)..];
                return target[..(written + Unescape(tail, target[written..]))];
            }

            target[written++] = text[at + 1];
            text = text[(at + 2)..];
            at = text.IndexOfAny(quote, escape);
        }

        text.CopyTo(target[written..]);
        return target[..(written + text.Length)];
    }

    private int Unescape(ReadOnlySpan<byte> text, Span<byte> target)
    {
        int written = 0;
        for (int at; _dialect.Escape >= 0 && (at = text.IndexOf((byte)_dialect.Escape)) >= 0 && at + 1 < text.Length; text = text[(at + 2)..])
        {
            text[..at].CopyTo(target[written..]);
            written += at;
            target[written++] = text[at + 1];
        }

        text.CopyTo(target[written..]);
        return written + text.Length;
    }

    private Span<byte> Scratch(int size)
    {
        if (_scratch is null || _scratch.Capacity < size)
        {
            _scratch?.Dispose();
            _scratch = null;
            _scratch = BufferPool.Rent(Math.Max(size, 4096));
        }

        return _scratch.Span;
    }
}
