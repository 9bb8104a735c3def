using Millrace.Columnar;
using Millrace.Formats;

namespace Millrace.Connectors.Common;

/// <summary>
/// A stream that only runs forward as a format's input: a pipe. It keeps the last bytes, so that a
/// reader may look back a little; further back it starts the stream anew where it can. One thread uses it.
/// </summary>
public sealed class StreamByteSource : IByteSource
{
    private const int WindowSize = 1 << 20;
    private const int ReadSize = 128 << 10;

    private readonly Func<CancellationToken, ValueTask<Stream>> _open;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Stream? _stream;
    private NativeBuffer? _window;
    private long _windowStart;
    private int _windowLength;
    private bool _ended;

    /// <param name="name">What the user calls the file.</param>
    /// <param name="open">Starts the stream from its beginning.</param>
    public StreamByteSource(string name, Func<CancellationToken, ValueTask<Stream>> open)
    {
        Name = name;
        _open = open;
    }

    public string Name { get; }

    /// <summary>Not known before the end is reached, so it is the greatest there can be: reads return 0 at the end.</summary>
    public long Length => _ended ? _windowStart + _windowLength : long.MaxValue;

    public async ValueTask<int> ReadAsync(long offset, Memory<byte> target, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (target.IsEmpty || !await MoveToAsync(offset, cancellation).ConfigureAwait(false))
            {
                return 0;
            }

            int at = (int)(offset - _windowStart);
            int count = Math.Min(target.Length, _windowLength - at);
            _window!.Span.Slice(at, count).CopyTo(target.Span);
            return count;
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stream is not null)
        {
            await _stream.DisposeAsync().ConfigureAwait(false);
            _stream = null;
        }

        _window?.Dispose();
        _window = null;
        _turn.Dispose();
    }

    // Makes the window hold the byte at an offset; false beyond the end.
    private async ValueTask<bool> MoveToAsync(long offset, CancellationToken cancellation)
    {
        if (offset < _windowStart)
        {
            await RestartAsync().ConfigureAwait(false);
        }

        _stream ??= await _open(cancellation).ConfigureAwait(false);
        _window ??= BufferPool.Rent(WindowSize);
        while (offset >= _windowStart + _windowLength)
        {
            if (_ended)
            {
                return false;
            }

            if (_windowLength + ReadSize > WindowSize)
            {
                // The older half goes; what a reader looks back at is near.
                int keep = WindowSize / 2;
                int drop = _windowLength - keep;
                _window.Span.Slice(drop, keep).CopyTo(_window.Span);
                _windowStart += drop;
                _windowLength = keep;
            }

            int read = await _stream.ReadAsync(_window.Memory.Slice(_windowLength, ReadSize), cancellation).ConfigureAwait(false);
            _windowLength += read;
            _ended = read == 0;
        }

        return true;
    }

    private async ValueTask RestartAsync()
    {
        if (_stream is not null)
        {
            await _stream.DisposeAsync().ConfigureAwait(false);
            _stream = null;
        }

        _windowStart = 0;
        _windowLength = 0;
        _ended = false;
    }
}
