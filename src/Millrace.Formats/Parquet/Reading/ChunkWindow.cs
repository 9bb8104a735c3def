using Millrace.Formats.Compression;

namespace Millrace.Formats.Parquet;

/// <summary>
/// A window that moves forward over part of a file. It reads ahead as far as its memory goes, and grows only for what must
/// lie in one piece.
/// </summary>
internal sealed class ChunkWindow(IByteSource source, long start, long end, int readAhead) : IDisposable
{
    private readonly ScratchBuffer _buffer = new();
    private long _offset = start;
    private int _at;
    private int _filled;

    /// <summary>Offset in the file of the first byte that was not taken.</summary>
    public long Offset => _offset + _at;

    /// <summary>Bytes from <see cref="Offset"/> to the end of the part.</summary>
    public long Left => end - Offset;

    /// <summary>Bytes that are in memory and were not taken.</summary>
    public ReadOnlySpan<byte> Available => _buffer.Span[_at.._filled];

    /// <summary>The first byte that was not taken. After the last there is <see cref="BitUnpacker.Slack"/>.</summary>
    public unsafe byte* Pointer => _buffer.Pointer + _at;

    /// <summary>Brings bytes into memory; false if the part or the file ends before. What was taken before is dead then.</summary>
    public ValueTask<bool> EnsureAsync(int bytes, CancellationToken cancellation)
        => bytes <= _filled - _at ? new(true) : bytes <= Left ? FillAsync(bytes, cancellation) : new(false);

    /// <summary>Passes over bytes that are in memory; they stay there until more are brought in.</summary>
    public void Take(int bytes) => _at += bytes;

    /// <summary>Goes on at another place.</summary>
    public void MoveTo(long offset)
    {
        if (offset >= _offset && offset <= _offset + _filled)
        {
            _at = (int)(offset - _offset);
            return;
        }

        _offset = offset;
        _at = 0;
        _filled = 0;
    }

    /// <summary>Gives the memory back, unless it holds something that was not taken.</summary>
    public void Release()
    {
        if (_at == _filled)
        {
            _offset += _at;
            _at = 0;
            _filled = 0;
            _buffer.Dispose();
        }
    }

    public void Dispose() => _buffer.Dispose();

    private async ValueTask<bool> FillAsync(int bytes, CancellationToken cancellation)
    {
        // With the slack behind it, what is read ahead fills a block of memory.
        int wanted = (int)Math.Min(Left, Math.Max(bytes, readAhead - BitUnpacker.Slack));
        Compact(wanted);
        while (_filled < bytes)
        {
            int read = await source.ReadAsync(_offset + _filled, _buffer.Memory[_filled..wanted], cancellation).ConfigureAwait(false);
            if (read == 0)
            {
                return false;
            }

            _filled += read;
        }

        return true;
    }

    // Moves what was not taken to the front.
    private void Compact(int wanted)
    {
        int kept = _filled - _at;
        if (_at > 0 && kept > 0)
        {
            _buffer.Span.Slice(_at, kept).CopyTo(_buffer.Span);
        }

        _offset += _at;
        _at = 0;
        _filled = kept;
        _buffer.EnsureCapacity(wanted + BitUnpacker.Slack, kept);
    }
}
