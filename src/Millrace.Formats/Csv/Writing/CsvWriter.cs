using Millrace.Columnar;
using Millrace.Formats.Compression;
using Millrace.Formats.Text;

namespace Millrace.Formats.Csv;

/// <summary>Writes batches as one CSV file: some rows of every column become texts, then the texts are joined row by row.</summary>
internal sealed class CsvWriter : IBatchWriter
{
    private const int ChunkRows = 256;

    // Of long rows fewer are joined at once.
    private const int ChunkBytes = 1 << 20;

    // What one buffer can hold beside what still waits in it.
    private const int LongestText = BufferPool.MaxCapacity - ChunkBytes;

    private readonly Schema _schema;
    private readonly CsvOptions _options;
    private readonly QuoteRules _quotes;
    private readonly ColumnFormatter[] _formatters;
    private readonly FieldBuffer[] _fields;
    private readonly TextOutput _output;
    private readonly byte _delimiter;
    private readonly byte[] _lineEnd;
    private readonly int _longestText;
    private bool _started;
    private bool _disposed;

    /// <param name="target">Stays the caller's.</param>
    /// <param name="schema">Schema of the batches.</param>
    /// <param name="options">How to write.</param>
    /// <param name="longestText">Bytes that rows may have when they are joined; tests make it tiny.</param>
    public CsvWriter(IByteTarget target, Schema schema, CsvOptions options, int longestText = LongestText)
    {
        _longestText = longestText;
        string[] faults = [.. options.Validate()];
        if (faults.Length > 0)
        {
            throw CsvErrors.Options(faults);
        }

        options = options with { Delimiter = options.Delimiter ?? FileEndings.DelimiterOf(target.Name) };
        _schema = schema;
        _options = options;
        _quotes = new QuoteRules(options);
        _delimiter = CsvDialect.Of(options).Delimiter;
        _lineEnd = options.LineEnding == CsvLineEnding.CrLf ? "\r\n"u8.ToArray() : "\n"u8.ToArray();
        var factory = new FormatterFactory(options, _quotes);
        _formatters = new ColumnFormatter[schema.Count];
        try
        {
            for (int i = 0; i < _formatters.Length; i++)
            {
                _formatters[i] = factory.Create(schema[i]);
            }

            _output = new TextOutput(target, options.CodecOrNull ?? FileCodecs.Detect(target.Name, []), options.CompressionLevel);
        }
        catch
        {
            DisposeFormatters();
            throw;
        }

        _fields = [.. schema.Fields.Select(_ => new FieldBuffer(ChunkRows))];
    }

    public long Rows { get; private set; }

    public long EstimatedBytes => _output.EstimatedBytes;

    public async ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellation)
    {
        if (_schema.Count == 0 && batch.Length > 0)
        {
            throw CsvErrors.RowsWithoutColumns(batch.Length);
        }

        WriteHeader();
        long rowBytes = Math.Max(batch.ByteSize / Math.Max(batch.Length, 1), 1);
        int rows = (int)Math.Clamp(ChunkBytes / rowBytes, 1, ChunkRows);
        for (int start = 0, count; start < batch.Length; start += count)
        {
            count = Math.Min(rows, batch.Length - start);
            int bytes;
            while (!TryFormat(batch, start, count, out bytes))
            {
                count /= 2;
            }

            Join(count, bytes);
            await _output.FlushIfFullAsync(cancellation).ConfigureAwait(false);
        }

        Rows += batch.Length;
    }

    public ValueTask FlushAsync(CancellationToken cancellation)
    {
        WriteHeader();
        return _output.FlushAsync(cancellation);
    }

    public ValueTask FinishAsync(CancellationToken cancellation)
    {
        WriteHeader();
        return _output.FinishAsync(cancellation);
    }

    public ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return ValueTask.CompletedTask;
        }

        _disposed = true;
        DisposeFormatters();
        foreach (FieldBuffer fields in _fields)
        {
            fields.Dispose();
        }

        return _output.DisposeAsync();
    }

    private void DisposeFormatters()
    {
        foreach (ColumnFormatter? formatter in _formatters)
        {
            formatter?.Dispose();
        }
    }

    private void WriteHeader()
    {
        if (_started)
        {
            return;
        }

        _started = true;
        if (_options.Header == false || _schema.Count == 0)
        {
            // Without columns there is no header: a line without names would be read back as a row.
            return;
        }

        using var name = new FieldBuffer(1);
        for (int i = 0; i < _schema.Count; i++)
        {
            var names = new TextFormatter(_schema[i], _quotes);
            using var builder = new BinaryBuilder(DataType.Utf8, 1);
            builder.Append(_options.Columns is { } given && i < given.Count ? given[i] : _schema[i].Name);
            using Column column = builder.Build();
            name.Clear();
            names.Format(column, 0, 1, name);
            if (i > 0)
            {
                _output.Buffer.Write(_delimiter);
            }

            _output.Buffer.Write(name.Bytes);
        }

        _output.Buffer.Write(_lineEnd);
    }

    // False for several rows that are too long to be joined.
    private bool TryFormat(RecordBatch batch, int start, int count, out int bytes)
    {
        long total = (long)count * (_formatters.Length + _lineEnd.Length);
        for (int c = 0; c < _formatters.Length; c++)
        {
            _fields[c].Clear();
            _formatters[c].Format(batch[c], start, count, _fields[c]);
            total += _fields[c].Bytes.Length;
        }

        if (total > _longestText && count == 1)
        {
            throw CsvErrors.RowTooLong(total, _longestText);
        }

        bytes = (int)Math.Min(total, _longestText);
        return total <= _longestText;
    }

    private void Join(int count, int bytes)
    {
        Span<byte> target = _output.Buffer.GetSpan(bytes);
        int at = 0;
        for (int row = 0; row < count; row++)
        {
            for (int c = 0; c < _fields.Length; c++)
            {
                if (c > 0)
                {
                    target[at++] = _delimiter;
                }

                ReadOnlySpan<byte> text = _fields[c].TextOf(row);
                text.CopyTo(target[at..]);
                at += text.Length;
            }

            _lineEnd.CopyTo(target[at..]);
            at += _lineEnd.Length;
        }

        _output.Buffer.Advance(at);
    }
}
