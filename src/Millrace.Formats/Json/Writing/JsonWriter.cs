using System.Text;
using Millrace.Columnar;
using Millrace.Formats.Compression;
using Millrace.Formats.Text;

namespace Millrace.Formats.Json;

/// <summary>Writes batches as JSON: an object a line, or one array.</summary>
internal sealed class JsonWriter : IBatchWriter
{
    private readonly WriterFactory _factory;
    private readonly JsonObjectWriter _members;
    private readonly TextOutput _output;
    private readonly bool _array;
    private readonly string[] _path;
    private bool _disposed;

    public JsonWriter(IByteTarget target, Schema schema, JsonOptions options)
    {
        _path = options.Records?.Split('.') ?? [];
        _array = options.Layout == JsonLayout.Array || _path.Length > 0;
        _factory = new WriterFactory(options);
        try
        {
            _members = _factory.CreateObject(schema.Fields);
            _output = new TextOutput(target, options.CodecOrNull ?? FileCodecs.Detect(target.Name, []), options.CompressionLevel);
        }
        catch
        {
            _factory.Dispose();
            throw;
        }

        if (_array)
        {
            WriteStart();
        }
    }

    public long Rows { get; private set; }

    public long EstimatedBytes => _output.EstimatedBytes;

    public async ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellation)
    {
        _members.Bind(batch.Columns);
        int row = 0;
        while (row < batch.Length)
        {
            row = WriteRows(row, batch.Length);
            await _output.FlushIfFullAsync(cancellation).ConfigureAwait(false);
        }
    }

    public ValueTask FlushAsync(CancellationToken cancellation) => _output.FlushAsync(cancellation);

    public async ValueTask FinishAsync(CancellationToken cancellation)
    {
        if (_array)
        {
            _output.Buffer.Write(Rows == 0 ? "]"u8 : "\n]"u8);
            _output.Buffer.Write(Encoding.UTF8.GetBytes(new string('}', _path.Length)));
            _output.Buffer.Write((byte)'\n');
        }

        await _output.FinishAsync(cancellation).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return ValueTask.CompletedTask;
        }

        _disposed = true;
        _factory.Dispose();
        return _output.DisposeAsync();
    }

    private void WriteStart()
    {
        foreach (string name in _path)
        {
            _output.Buffer.Write((byte)'{');
            _output.Buffer.Write(JsonString.Quote(name));
            _output.Buffer.Write((byte)':');
        }

        _output.Buffer.Write((byte)'[');
    }

    // Until the output is worth handing over; returns the next row.
    private int WriteRows(int row, int end)
    {
        while (row < end && !_output.IsFull)
        {
            if (_array)
            {
                _output.Buffer.Write(Rows == 0 ? "\n"u8 : ",\n"u8);
            }

            _members.Write(row++, _output.Buffer);
            Rows++;
            if (!_array)
            {
                _output.Buffer.Write((byte)'\n');
            }
        }

        return row;
    }
}
