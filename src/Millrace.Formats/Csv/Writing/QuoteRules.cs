using System.Buffers;
using System.Text;

namespace Millrace.Formats.Csv;

/// <summary>Which texts a writer puts in quotes so that they are read back as they are. Immutable and thread-safe.</summary>
internal sealed class QuoteRules
{
    private readonly CsvDialect _dialect;
    private readonly SearchValues<byte> _special;
    private readonly NullTokens _nulls;
    private readonly CsvQuoting _quoting;

    public QuoteRules(CsvOptions options)
    {
        _dialect = CsvDialect.Of(options);
        _nulls = new NullTokens(options.NullValues);
        _quoting = options.Quoting;
        Null = Encoding.UTF8.GetBytes(options.NullValues[0]);
        var special = new List<byte> { (byte)'\r', (byte)'\n', _dialect.Delimiter };
        foreach (int character in (ReadOnlySpan<int>)[_dialect.Quote, _dialect.Escape])
        {
            if (character >= 0)
            {
                special.Add((byte)character);
            }
        }

        _special = SearchValues.Create([.. special]);
    }

    /// <summary>The text of a null, never quoted.</summary>
    public byte[] Null { get; }

    public bool HasQuote => _dialect.HasQuote;

    /// <summary>Whether values of a type are quoted whatever they are.</summary>
    public bool QuotesAll(bool isNumeric) => _dialect.HasQuote && (_quoting == CsvQuoting.All || (_quoting == CsvQuoting.NonNumeric && !isNumeric));

    /// <summary>Whether a text would be read back as something else without quotes.</summary>
    public bool NeedsQuotes(ReadOnlySpan<byte> text)
        => text.ContainsAny(_special)
            || _nulls.Contains(text)
            || (text.Length > 0 && (text[0] == _dialect.Comment || text[0] is (byte)' ' or (byte)'\t' || text[^1] is (byte)' ' or (byte)'\t'));

    /// <summary>Most bytes that a text has with its quotes.</summary>
    public static long MaxQuotedLength(int length) => (length * 2L) + 2;

    /// <summary>Writes a text with quotes around it and returns the length.</summary>
    public int Quote(ReadOnlySpan<byte> text, Span<byte> target)
    {
        byte quote = (byte)_dialect.Quote;
        bool hasEscape = _dialect.Escape >= 0;
        byte escape = hasEscape ? (byte)_dialect.Escape : quote;
        int written = 1;
        target[0] = quote;
        for (int at; (at = text.IndexOfAny(quote, escape)) >= 0; text = text[(at + 1)..])
        {
            text[..at].CopyTo(target[written..]);
            written += at;
            target[written++] = escape;
            target[written++] = text[at];
        }

        text.CopyTo(target[written..]);
        written += text.Length;
        target[written] = quote;
        return written + 1;
    }

    /// <summary>Writes a text of a dialect that has no quotes, which can only hold it with escapes; -1 when it cannot.</summary>
    public int Escape(ReadOnlySpan<byte> text, Span<byte> target)
    {
        if (_dialect.Escape < 0 || text.ContainsAny((byte)'\r', (byte)'\n') || _nulls.Contains(text))
        {
            return -1;
        }

        int written = 0;
        foreach (byte c in text)
        {
            if (c == _dialect.Escape || c == _dialect.Delimiter || (written == 0 && c == _dialect.Comment))
            {
                target[written++] = (byte)_dialect.Escape;
            }

            target[written++] = c;
        }

        return written;
    }
}
