using System.Runtime.InteropServices;

namespace Millrace.Columnar.Interop;

/// <summary>Takes batches over from a foreign stream. One thread at a time uses it; the batches outlive it.</summary>
public sealed unsafe class ArrowStreamReader : IDisposable
{
    private readonly ArrowArrayStream* _stream;
    private readonly ArrowShape _shape;
    private bool _disposed;

    /// <summary>Takes over a stream, also when it is refused, and reads its schema.</summary>
    public ArrowStreamReader(ArrowArrayStream* source)
    {
        if (source == null || source->Release == null)
        {
            throw ArrowErrors.Released("stream");
        }

        _stream = (ArrowArrayStream*)NativeMemory.Alloc((nuint)sizeof(ArrowArrayStream));
        *_stream = *source;
        source->Release = null;
        try
        {
            ArrowSchema schema = default;
            Check(_stream->GetSchema(_stream, &schema));
            _shape = ArrowShape.Import(&schema);
            Schema = _shape.Schema ?? throw ArrowErrors.Invalid($"The batches of a stream are structs, not {_shape.Field.Type}");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public Schema Schema { get; }

    /// <summary>The next batch, which the caller owns; null at the end.</summary>
    /// <exception cref="MillraceException">MR2924: the producer failed; it may be asked again. MR2921: the batch contradicts itself.</exception>
    public RecordBatch? Next()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArrowArray array = default;
        Check(_stream->GetNext(_stream, &array));
        return array.Release == null ? null : _shape.Batch(&array);
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _stream->Release(_stream);
            NativeMemory.Free(_stream);
        }
    }

    private void Check(int error)
    {
        if (error != 0)
        {
            byte* message = _stream->GetLastError == null ? null : _stream->GetLastError(_stream);
            throw ArrowErrors.ProducerFailed(error, message == null ? null : Marshal.PtrToStringUTF8((nint)message));
        }
    }
}
