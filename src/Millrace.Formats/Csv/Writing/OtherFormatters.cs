using Millrace.Columnar;

namespace Millrace.Formats.Csv;

internal sealed class BooleanFormatter(Field field, QuoteRules quotes) : ColumnFormatter(field, quotes)
{
    public override void Format(Column column, int start, int count, FieldBuffer target)
    {
        Bitmap values = ((BooleanColumn)column).Values;
        bool always = Quotes.QuotesAll(isNumeric: true);
        for (int i = start; i < start + count; i++)
        {
            if (column.IsNull(i))
            {
                target.Add(Quotes.Null);
            }
            else
            {
                AddText(values[i] ? "true"u8 : "false"u8, always, target);
            }
        }
    }
}

/// <summary>Bytes as <c>\x</c> and hex digits, and UUIDs.</summary>
internal sealed class BytesFormatter(Field field, QuoteRules quotes) : ColumnFormatter(field, quotes)
{
    private byte[] _text = new byte[UuidText.Length];

    public override void Format(Column column, int start, int count, FieldBuffer target)
    {
        bool always = Quotes.QuotesAll(isNumeric: false);
        for (int i = start; i < start + count; i++)
        {
            if (column.IsNull(i))
            {
                target.Add(Quotes.Null);
            }
            else
            {
                AddText(ToText(column is BinaryColumn binary ? binary[i] : ((FixedBinaryColumn)column)[i]), always, target);
            }
        }
    }

    private ReadOnlySpan<byte> ToText(ReadOnlySpan<byte> value)
    {
        if (Field.Type.Id == TypeId.Uuid)
        {
            return _text.AsSpan(0, UuidText.Format(value, _text));
        }

        int length = HexText.FormattedLength(value.Length);
        if (_text.Length < length)
        {
            _text = new byte[length];
        }

        return _text.AsSpan(0, HexText.Format(value, _text));
    }
}

/// <summary>Values by index: they are written once and copied.</summary>
internal sealed class DictionaryFormatter(Field field, QuoteRules quotes, ColumnFormatter values) : ColumnFormatter(field, quotes)
{
    public override void Dispose() => values.Dispose();

    public override void Format(Column column, int start, int count, FieldBuffer target)
    {
        var dictionary = (DictionaryColumn)column;
        using var texts = new FieldBuffer(dictionary.Dictionary.Length);
        values.Format(dictionary.Dictionary, 0, dictionary.Dictionary.Length, texts);
        ReadOnlySpan<int> indices = dictionary.Indices;
        for (int i = start; i < start + count; i++)
        {
            if (column.IsNull(i))
            {
                target.Add(Quotes.Null);
                continue;
            }

            target.Add(texts.TextOf(indices[i]));
        }
    }
}
