using System.Globalization;
using System.Text;

namespace Millrace.TestKit.Nexmark;

/// <summary>Lines of JSON as UTF-8 in a growing buffer. Values go in as they are: none of them needs an escape.</summary>
internal sealed class NexmarkLines
{
    private static readonly byte[] Letters = Encoding.ASCII.GetBytes("abcdefghijklmnopqrstuvwxyz abcde");

    private byte[] _bytes = new byte[64 << 10];
    private int _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public NexmarkLines Add(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Room(text.Length));
        _length += text.Length;
        return this;
    }

    public NexmarkLines Add(string text)
    {
        _length += Encoding.UTF8.GetBytes(text, Room(text.Length * 3));
        return this;
    }

    public NexmarkLines Add(long value)
    {
        value.TryFormat(Room(20), out int written, default, CultureInfo.InvariantCulture);
        _length += written;
        return this;
    }

    public NexmarkLines AddTime(DateTime time)
    {
        time.TryFormat(Room(32), out int written, "yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
        _length += written;
        return this;
    }

    /// <summary>Random letters; a space where one would stand at an end becomes a letter, so that trimming changes nothing.</summary>
    public NexmarkLines AddLetters(ref NexmarkRandom random, int count)
    {
        const int perNumber = 12;
        Span<byte> room = Room(count)[..count];
        for (int i = 0; i < count; i += perNumber)
        {
            ulong bits = random.Next();
            for (int j = i; j < Math.Min(i + perNumber, count); j++, bits >>= 5)
            {
                byte letter = Letters[(int)(bits & 31)];
                room[j] = letter == ' ' && (j == 0 || j == count - 1) ? (byte)'z' : letter;
            }
        }

        _length += count;
        return this;
    }

    private Span<byte> Room(int size)
    {
        if (_bytes.Length - _length < size)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + size));
        }

        return _bytes.AsSpan(_length);
    }
}
