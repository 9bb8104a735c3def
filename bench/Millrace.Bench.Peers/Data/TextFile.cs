using System.Globalization;
using System.Text;

namespace Millrace.Bench.Peers;

/// <summary>Writes generated text quickly: values go straight into a byte buffer.</summary>
internal sealed class TextFile(string path) : IDisposable
{
    private const int FlushAt = 1 << 20;

    private readonly FileStream _stream = new(path, FileMode.Create, FileAccess.Write, FileShare.None, 0);
    private readonly byte[] _buffer = new byte[FlushAt + (64 << 10)];
    private int _length;

    public TextFile Add(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_buffer.AsSpan(_length));
        _length += text.Length;
        return this;
    }

    public TextFile Add(string text)
    {
        _length += Encoding.UTF8.GetBytes(text, _buffer.AsSpan(_length));
        return this;
    }

    public TextFile Add(long value)
    {
        value.TryFormat(_buffer.AsSpan(_length), out int written, default, CultureInfo.InvariantCulture);
        _length += written;
        return this;
    }

    /// <summary>A number of hundredths as a decimal.</summary>
    public TextFile AddCents(long cents)
    {
        Add(cents / 100);
        _buffer[_length++] = (byte)'.';
        _buffer[_length++] = (byte)('0' + (cents % 100 / 10));
        _buffer[_length++] = (byte)('0' + (cents % 10));
        return this;
    }

    public TextFile Add(DateOnly date)
    {
        date.TryFormat(_buffer.AsSpan(_length), out int written, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        _length += written;
        return this;
    }

    public TextFile Add(DateTime time)
    {
        time.TryFormat(_buffer.AsSpan(_length), out int written, "yyyy-MM-ddTHH:mm:ss.fff", CultureInfo.InvariantCulture);
        _length += written;
        return this;
    }

    public void EndRow()
    {
        _buffer[_length++] = (byte)'\n';
        if (_length >= FlushAt)
        {
            Flush();
        }
    }

    public void Dispose()
    {
        Flush();
        _stream.Dispose();
    }

    private void Flush()
    {
        _stream.Write(_buffer, 0, _length);
        _length = 0;
    }
}
