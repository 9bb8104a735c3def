using System.Buffers;

namespace Millrace.Storage;

/// <summary>
/// An object that is collected into parts. What fits into one is written in one step when it is published; a larger one is
/// uploaded part by part while it grows, a few parts at once. Memory: those parts and the one that is filled.
/// </summary>
internal sealed class RemoteStaged : IStagedObject
{
    private const int FirstBuffer = 64 << 10;

    private readonly RemoteStore _store;
    private readonly Bucket _bucket;
    private readonly string _key;
    private readonly WriteMarks _marks;
    private readonly List<Task> _sending = [];
    private readonly CancellationTokenSource _stop = new();
    private BucketUpload? _upload;
    private byte[] _buffer = [];
    private int _filled;
    private int _parts;
    private long _sent;
    private bool _isDone;

    public RemoteStaged(RemoteStore store, Bucket bucket, string name, string key, IReadOnlyList<KeyValuePair<string, string>> tags)
    {
        _marks = new WriteMarks(RemoteStore.NewWriteId(), tags);
        _store = store;
        _bucket = bucket;
        Name = name;
        _key = key;
    }

    public string Name { get; }

    public long Position => _sent + _filled;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        while (bytes.Length > 0)
        {
            int size = _bucket.PartBytes(_parts + 1);
            if (_filled == size)
            {
                await SendAsync(cancellation).ConfigureAwait(false);
                continue;
            }

            int count = Math.Min(bytes.Length, size - _filled);
            Grow(_filled + count, size);
            bytes.Span[..count].CopyTo(_buffer.AsSpan(_filled));
            _filled += count;
            bytes = bytes[count..];
        }
    }

    public async ValueTask<ObjectInfo> PublishAsync(PutCondition condition, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        BucketObject published;
        if (_upload is null)
        {
            published = await _store.SettleAsync(_key, condition, _ => _bucket.PutAsync(_key, _buffer.AsMemory(0, _filled), condition, _marks, cancellation), cancellation, _marks.Id).ConfigureAwait(false);
        }
        else
        {
            if (_filled > 0)
            {
                await SendAsync(cancellation).ConfigureAwait(false);
            }

            await Task.WhenAll(_sending).ConfigureAwait(false);
            published = await _store.SettleAsync(_key, condition, _ => _upload.CompleteAsync(_parts, _sent, condition, cancellation), cancellation, _marks.Id).ConfigureAwait(false);
        }

        _isDone = true;
        return RemoteStore.InfoOf(Name, published);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isDone)
        {
            await _stop.CancelAsync().ConfigureAwait(false);
        }

        try
        {
            await Task.WhenAll(_sending).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // It was told to whoever wrote or published; here it only has to be over.
        }

        if (!_isDone && _upload is { } upload)
        {
            _isDone = true;
            try
            {
                await upload.AbortAsync().ConfigureAwait(false);
            }
            catch (MillraceException)
            {
                // What stays is stale, and removed as such.
            }
        }

        Return(_buffer);
        _buffer = [];
        _stop.Dispose();
    }

    // Hands the buffer over to an upload of its own and begins a new one.
    private async ValueTask SendAsync(CancellationToken cancellation)
    {
        _upload ??= await _bucket.BeginAsync(_key, _marks, cancellation).ConfigureAwait(false);
        while (_sending.Count >= _bucket.PartsAtOnce)
        {
            Task done = await Task.WhenAny(_sending).WaitAsync(cancellation).ConfigureAwait(false);
            await done.ConfigureAwait(false);
            _sending.Remove(done);
        }

        byte[] part = _buffer;
        int count = _filled;
        long offset = _sent;
        int number = ++_parts;
        _sent += count;
        _filled = 0;
        _buffer = [];
        _sending.Add(SendPartAsync(_upload, number, offset, part, count));
    }

    private async Task SendPartAsync(BucketUpload upload, int number, long offset, byte[] part, int count)
    {
        try
        {
            await upload.SendAsync(number, offset, part.AsMemory(0, count), _stop.Token).ConfigureAwait(false);
        }
        finally
        {
            Return(part);
        }
    }

    // Most objects are small, and many may be open at once.
    private void Grow(int needed, int largest)
    {
        if (needed <= _buffer.Length)
        {
            return;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Min(largest, Math.Max(FirstBuffer, (int)Math.Max(needed, 2L * _filled))));
        _buffer.AsSpan(0, _filled).CopyTo(larger);
        Return(_buffer);
        _buffer = larger;
    }

    private static void Return(byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
