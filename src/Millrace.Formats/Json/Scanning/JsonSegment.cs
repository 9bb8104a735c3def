using System.Text.Unicode;
using Millrace.Columnar;
using Millrace.Formats.Text;

namespace Millrace.Formats.Json;

/// <summary>
/// A stretch of text with its tokens, and a note of what went wrong in it. Decoders walk over it with a pointer to the next
/// token and return the pointer to the token behind their value, or null after a fault was noted.
/// </summary>
internal sealed unsafe class JsonSegment : IDisposable
{
    private readonly VectorWidth _width;
    private NativeBuffer? _tokens;
    private uint _zero;

    public JsonSegment(VectorWidth width, int maxDepth)
    {
        _width = width;
        MaxDepth = maxDepth;
    }

    /// <summary>What tokens count from. <see cref="JsonIndexer.Overread"/> bytes behind the text can be read.</summary>
    public byte* Text { get; private set; }

    /// <summary>The first token. Behind <see cref="End"/> stand tokens that point at a zero byte.</summary>
    public uint* Tokens { get; private set; }

    /// <summary>One past the last token.</summary>
    public uint* End { get; private set; }

    public JsonTraits Traits { get; private set; }

    /// <summary>The text may hold bytes that are not UTF-8, so records have to be checked one by one.</summary>
    public bool NeedsUtf8Check { get; private set; }

    public int MaxDepth { get; }

    /// <summary>The fault that was noted last.</summary>
    public JsonFault Fault { get; private set; }

    /// <summary>Place in the text of the fault.</summary>
    public uint FaultAt { get; private set; }

    /// <summary>The field whose value did not fit, or whose name is unknown.</summary>
    public string FaultField { get; private set; } = "";

    /// <summary>Finds the tokens of <c>text[start..end)</c>.</summary>
    /// <param name="text">What places count from.</param>
    /// <param name="start">A place outside of texts.</param>
    /// <param name="end">Where to stop.</param>
    /// <param name="zero">A place behind all text; a zero is written there, for the tokens behind the last one to point at.</param>
    /// <param name="lines">See <see cref="JsonIndexer.Index"/>.</param>
    public void Index(byte* text, int start, int end, int zero, bool lines)
    {
        int capacity = (end - start + JsonIndexer.Slack + 8) * sizeof(uint);
        if (_tokens is null || _tokens.Capacity < capacity)
        {
            _tokens?.Dispose();
            _tokens = null;
            _tokens = BufferPool.Rent(capacity);
        }

        Text = text;
        Tokens = (uint*)_tokens.Pointer;
        int count = JsonIndexer.Index(text, start, end, Tokens, lines, out JsonTraits traits, _width);
        Traits = traits;
        NeedsUtf8Check = (traits & JsonTraits.NonAscii) != 0 && !Utf8.IsValid(new ReadOnlySpan<byte>(text + start, WithoutLastCharacter(text, start, end) - start));
        End = Tokens + count;
        text[zero] = 0;
        _zero = (uint)zero;
        Terminate();
    }

    /// <summary>Forgets the tokens from <paramref name="end"/> on.</summary>
    public void Cut(uint* end)
    {
        End = end;
        Terminate();
    }

    /// <summary>Adds a token behind the last one.</summary>
    public void Append(uint place)
    {
        *End++ = place;
        Terminate();
    }

    public uint* Fail(JsonFault fault, uint* token)
    {
        Fault = fault;
        FaultAt = *token;
        return null;
    }

    public uint* Fail(JsonFault fault, uint* token, string field)
    {
        FaultField = field;
        return Fail(fault, token);
    }

    public void Dispose()
    {
        _tokens?.Dispose();
        _tokens = null;
    }

    // The text may be cut within a character. No record ends with one beyond ASCII, so it need not be looked at.
    private static int WithoutLastCharacter(byte* text, int start, int end)
    {
        int stop = end;
        while (stop > start && end - stop < 3 && (text[stop - 1] & 0xC0) == 0x80)
        {
            stop--;
        }

        return stop > start && text[stop - 1] >= 0xC0 ? stop - 1 : stop;
    }

    // Decoders look at most a handful of tokens ahead before they look at one's byte.
    private void Terminate()
    {
        for (int i = 0; i < 8; i++)
        {
            End[i] = _zero;
        }
    }
}

/// <summary>Why a record could not be decoded.</summary>
internal enum JsonFault
{
    None,
    Syntax,

    /// <summary>A value is not one of its column's type; the record may yet turn out to be bad syntax.</summary>
    Misfit,
    UnknownField,
    NullValue,
    TooDeep,
    LoneSurrogate,
    NotAnObject,
    InvalidUtf8,
    TooLong,

    /// <summary>The record and those before it in the batch are too many values; alone it may not be.</summary>
    TooLarge,
}
