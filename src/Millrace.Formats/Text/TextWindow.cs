using Millrace.Columnar;

namespace Millrace.Formats.Text;

/// <summary>
/// The part of a text that a parser looks at: it reads ahead of whole records and keeps the incomplete one at its end when
/// it slides. <see cref="Padding"/> readable bytes follow the text, so vector loads need no tail.
/// </summary>
public sealed class TextWindow : IDisposable
{
    /// <summary>Bytes behind <see cref="End"/> that may be read and mean nothing.</summary>
    public const int Padding = 64;

    private readonly TextInput _input;
    private readonly int _limit;
    private NativeBuffer _buffer;

    /// <param name="input">Stays the caller's.</param>
    /// <param name="size">Bytes to begin with.</param>
    /// <param name="limit">Bytes that the window may grow to when one record fills it.</param>
    public TextWindow(TextInput input, int size, int limit)
    {
        _input = input;
        _limit = Math.Max(limit, size);
        Capacity = size;
        _buffer = BufferPool.Rent(size + Padding);
    }

    /// <summary>First byte of the text held. Dead after the next <see cref="FillAsync"/>.</summary>
    public unsafe byte* Pointer => _buffer.Pointer;

    /// <summary>Bytes of text held.</summary>
    public int End { get; private set; }

    /// <summary>Most bytes of text that the window holds without growing.</summary>
    public int Capacity { get; private set; }

    /// <summary>No text follows what is held.</summary>
    public bool IsLast { get; private set; }

    /// <summary>Bytes of text before the window.</summary>
    public long Offset { get; private set; }

    public ReadOnlySpan<byte> Text => _buffer.Span[..End];

    /// <summary>
    /// Drops the first bytes and reads on, growing if less than a quarter of the window would be free. Returns false when
    /// nothing was added: at the end (<see cref="IsLast"/>), or because the limit is reached.
    /// </summary>
    public async ValueTask<bool> FillAsync(int drop, CancellationToken cancellation)
    {
        Drop(drop);
        if (Capacity - End < Math.Max(Capacity / 4, TextInput.MinRead) && Capacity < _limit)
        {
            Grow();
        }

        int before = End;
        while (!IsLast && Capacity - End >= TextInput.MinRead && End - before < Capacity / 2)
        {
            int read = await _input.ReadAsync(_buffer.Memory[End..Capacity], cancellation).ConfigureAwait(false);
            IsLast = read == 0;
            End += read;
        }

        return End > before;
    }

    /// <summary>Lets reading go on beyond the range for a record that is not complete; false when the file has no more.</summary>
    public bool Extend(int bytes)
    {
        if (!_input.ExtendTo(_input.Origin + Offset + End + bytes))
        {
            return false;
        }

        IsLast = false;
        return true;
    }

    public void Dispose() => _buffer.Dispose();

    /// <summary>Drops the first bytes without reading on.</summary>
    public void Drop(int drop)
    {
        if (drop == 0)
        {
            return;
        }

        _buffer.Span[drop..End].CopyTo(_buffer.Span);
        End -= drop;
        Offset += drop;
    }

    private void Grow()
    {
        int grown = (int)Math.Min((long)Capacity * 2, _limit);
        NativeBuffer larger = BufferPool.Rent(grown + Padding);
        Text.CopyTo(larger.Span);
        _buffer.Dispose();
        _buffer = larger;
        Capacity = grown;
    }
}
