using Millrace.Columnar;
using Millrace.Formats.Json;

namespace Millrace.Formats.Csv;

/// <summary>Lists, structs and maps as JSON texts. Owns its memory.</summary>
internal sealed class NestedFormatter : ColumnFormatter
{
    private readonly WriterFactory _factory = new(new JsonOptions());
    private readonly ByteBuffer _text = new();
    private readonly JsonValueWriter _values;

    public NestedFormatter(Field field, QuoteRules quotes)
        : base(field, quotes)
    {
        try
        {
            _values = _factory.Create(field);
        }
        catch
        {
            _factory.Dispose();
            throw;
        }
    }

    public override void Format(Column column, int start, int count, FieldBuffer target)
    {
        bool always = Quotes.QuotesAll(isNumeric: false);
        _values.Bind(column);
        for (int row = start; row < start + count; row++)
        {
            if (column.IsNull(row))
            {
                target.Add(Quotes.Null);
                continue;
            }

            _text.Truncate();
            _values.WriteValue(row, _text);
            AddText(_text.Written, always, target);
        }
    }

    public override void Dispose()
    {
        _text.Dispose();
        _factory.Dispose();
    }
}
