using Millrace.Columnar;

namespace Millrace.Formats.Csv;

/// <summary>Writes the values of one column as the texts of fields. One thread uses it.</summary>
internal abstract class ColumnFormatter(Field described, QuoteRules quotes) : IDisposable
{
    protected Field Field => described;

    protected QuoteRules Quotes => quotes;

    /// <summary>Adds a text per row.</summary>
    public abstract void Format(Column column, int start, int count, FieldBuffer target);

    public virtual void Dispose()
    {
    }

    /// <summary>Adds a text with quotes or escapes where it needs them.</summary>
    protected void AddText(ReadOnlySpan<byte> text, bool always, FieldBuffer target)
    {
        if (!always && !quotes.NeedsQuotes(text))
        {
            target.Add(text);
            return;
        }

        long most = QuoteRules.MaxQuotedLength(text.Length);
        if (most > BufferPool.MaxCapacity)
        {
            throw CsvErrors.RowTooLong(most, BufferPool.MaxCapacity);
        }

        Span<byte> room = target.GetSpan((int)most);
        int length = quotes.HasQuote ? quotes.Quote(text, room) : quotes.Escape(text, room);
        if (length < 0)
        {
            throw CsvErrors.NotWithoutQuotes(described, text);
        }

        target.Commit(length);
    }
}

/// <summary>Values of a fixed width.</summary>
/// <param name="safe">No text of the type can need quotes.</param>
internal sealed class FixedFormatter<T, TFormatter>(Field field, QuoteRules quotes, TFormatter formatter, bool safe) : ColumnFormatter(field, quotes)
    where T : unmanaged
    where TFormatter : struct, IValueFormatter<T>
{
    private readonly byte[] _text = new byte[formatter.MaxLength];

    public override void Format(Column column, int start, int count, FieldBuffer target)
    {
        ReadOnlySpan<T> values = ((FixedColumn<T>)column).Values.Slice(start, count);
        bool always = Quotes.QuotesAll(Field.Type.IsNumeric);
        bool plain = safe && !always;
        bool nulls = column.HasNulls;
        for (int i = 0; i < values.Length; i++)
        {
            if (nulls && column.IsNull(start + i))
            {
                target.Add(Quotes.Null);
            }
            else if (plain)
            {
                target.Commit(formatter.Format(values[i], target.GetSpan(formatter.MaxLength)));
            }
            else
            {
                AddText(_text.AsSpan(0, formatter.Format(values[i], _text)), always, target);
            }
        }
    }
}

/// <summary>Text and JSON.</summary>
internal sealed class TextFormatter(Field field, QuoteRules quotes) : ColumnFormatter(field, quotes)
{
    public override void Format(Column column, int start, int count, FieldBuffer target)
    {
        var texts = (BinaryColumn)column;
        bool always = Quotes.QuotesAll(isNumeric: false);
        bool nulls = column.HasNulls;
        for (int i = start; i < start + count; i++)
        {
            if (nulls && column.IsNull(i))
            {
                target.Add(Quotes.Null);
            }
            else
            {
                AddText(texts[i], always, target);
            }
        }
    }
}
