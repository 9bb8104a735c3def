using Millrace.Columnar;

namespace Millrace.Formats.MarkdownKv;

/// <summary>Writes batches as documents, as the layout says.</summary>
internal sealed class MarkdownKvWriter : IBatchWriter
{
    private readonly DocumentFile _file;
    private readonly DocumentMaker _maker;
    private bool _disposed;

    public MarkdownKvWriter(IByteTarget target, Schema schema, MarkdownKvOptions options)
    {
        _maker = DocumentMaker.Create(target.Name, schema, options);
        try
        {
            _file = new DocumentFile(target, options);
        }
        catch
        {
            _maker.Dispose();
            throw;
        }
    }

    public long Rows { get; private set; }

    public long EstimatedBytes => _file.Output.EstimatedBytes;

    public async ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellation)
    {
        using (_maker.Bind(batch))
        {
            for (int row = 0; row < batch.Length; row++)
            {
                _maker.Add(row, _file);
                Rows++;
                if (_file.Output.IsFull)
                {
                    await _file.Output.FlushAsync(cancellation).ConfigureAwait(false);
                }
            }
        }
    }

    public ValueTask FlushAsync(CancellationToken cancellation) => _file.Output.FlushAsync(cancellation);

    public ValueTask FinishAsync(CancellationToken cancellation)
    {
        _maker.Finish(_file);
        return _file.Output.FinishAsync(cancellation);
    }

    public ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return ValueTask.CompletedTask;
        }

        _disposed = true;
        _maker.Dispose();
        return _file.DisposeAsync();
    }
}
