using Millrace.Columnar;

namespace Millrace.Formats.Json;

/// <summary>Memory for one text at a time. One reader owns it.</summary>
internal sealed unsafe class JsonScratch : IDisposable
{
    private NativeBuffer? _buffer;

    /// <summary>Room for so many bytes; what was there before is gone.</summary>
    public byte* Get(int bytes)
    {
        if (_buffer is null || _buffer.Capacity < bytes)
        {
            _buffer?.Dispose();
            _buffer = null;
            _buffer = BufferPool.Rent(bytes);
        }

        return _buffer.Pointer;
    }

    /// <summary>The text between two quotes with its escapes undone, as a view that lives until the next call; null after a fault.</summary>
    public bool TryGetText(JsonSegment segment, uint* token, JsonLoneSurrogates lone, out ReadOnlySpan<byte> text)
    {
        byte* start = segment.Text + token[0] + 1;
        int length = (int)(token[1] - token[0]) - 1;
        text = new ReadOnlySpan<byte>(start, length);
        if (segment.Text[token[1]] != '"')
        {
            segment.Fail(JsonFault.Syntax, token + 1);
            return false;
        }

        if ((segment.Traits & JsonTraits.Backslashes) == 0 || !text.Contains((byte)'\\'))
        {
            return true;
        }

        byte* target = Get(length + JsonText.Overrun);
        JsonFault fault = JsonText.Unescape(start, length, target, lone, out int written);
        text = new ReadOnlySpan<byte>(target, written);
        if (fault != JsonFault.None)
        {
            segment.Fail(fault, token);
        }

        return fault == JsonFault.None;
    }

    public void Dispose()
    {
        _buffer?.Dispose();
        _buffer = null;
    }
}
