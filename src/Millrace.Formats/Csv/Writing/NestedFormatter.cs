using Millrace.Columnar;
using Millrace.Formats.Json;
using Millrace.Formats.Text;

namespace Millrace.Formats.Csv;

/// <summary>Lists, structs and maps as JSON texts. Owns its memory.</summary>
internal sealed class NestedFormatter : ColumnFormatter
{
    private readonly JsonTarget _target = new();
    private readonly WriterFactory _factory = new(new JsonOptions());
    private readonly ValueWriter _values;
    private readonly TextOutput _output;

    public NestedFormatter(Field field, QuoteRules quotes)
        : base(field, quotes)
    {
        _values = _factory.Create(field);
        _output = new TextOutput(_target);
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

            _target.Clear();
            _values.WriteValue(_output, row);

            // The target is memory, so the write is complete when the call returns.
            ValueTask written = _output.FinishAsync(CancellationToken.None);
            System.Diagnostics.Debug.Assert(written.IsCompletedSuccessfully);
            written.GetAwaiter().GetResult();
            AddText(_target.Text, always, target);
        }
    }

    public override void Dispose()
    {
        ValueTask disposed = _output.DisposeAsync();
        System.Diagnostics.Debug.Assert(disposed.IsCompletedSuccessfully);
        disposed.GetAwaiter().GetResult();
        _factory.Dispose();
    }

    private sealed class JsonTarget : IByteTarget
    {
        private readonly MemoryStream _text = new();

        public string Name => "(json)";

        public long Position => _text.Length;

        public ReadOnlySpan<byte> Text => _text.GetBuffer().AsSpan(0, (int)_text.Length);

        public void Clear() => _text.SetLength(0);

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
        {
            _text.Write(bytes.Span);
            return ValueTask.CompletedTask;
        }
    }
}
