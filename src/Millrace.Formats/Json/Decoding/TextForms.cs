using System.Buffers;
using System.Buffers.Text;
using Millrace.Columnar;

namespace Millrace.Formats.Json;

internal readonly struct DateForm(FixedBuilder<int> builder) : ITextAppender
{
    public bool TryAppend(ReadOnlySpan<byte> text)
    {
        if (!DateText.TryParse(text, out int days))
        {
            return false;
        }

        builder.Append(days);
        return true;
    }
}

internal readonly struct TimeForm(FixedBuilder<long> builder) : ITextAppender
{
    public bool TryAppend(ReadOnlySpan<byte> text)
    {
        if (!TimeText.TryParse(text, builder.Type.Unit, out long value))
        {
            return false;
        }

        builder.Append(value);
        return true;
    }
}

/// <summary>Timestamps. Where the type was inferred, a zone or digits of a second that it has no room for do not fit.</summary>
internal readonly struct TimestampForm(FixedBuilder<long> builder, TimeUnit unit, bool instant, bool declared) : ITextAppender
{
    // From here on a text may have more than six digits of a second: 2024-02-29T12:30:45.123456 and more.
    private const int MicrosecondLength = 26;
    private const int DateLength = 10;

    public bool TryAppend(ReadOnlySpan<byte> text)
    {
        if (!TimestampText.TryParse(text, unit, instant, out long value, out bool zone))
        {
            return false;
        }

        if (!declared && ((zone != instant && text.Length > DateLength) || (text.Length > MicrosecondLength && JsonInstant.FractionDigits(text) > unit.Digits())))
        {
            return false;
        }

        builder.Append(value);
        return true;
    }
}

internal readonly struct IntervalForm(FixedBuilder<Interval> builder) : ITextAppender
{
    public bool TryAppend(ReadOnlySpan<byte> text)
    {
        if (!IntervalText.TryParse(text, out Interval value))
        {
            return false;
        }

        builder.Append(value);
        return true;
    }
}

internal readonly struct UuidForm(FixedBinaryBuilder builder) : ITextAppender
{
    public bool TryAppend(ReadOnlySpan<byte> text)
    {
        Span<byte> value = stackalloc byte[16];
        if (!UuidText.TryParse(text, value))
        {
            return false;
        }

        builder.Append(value);
        return true;
    }
}

internal readonly struct BytesForm(BinaryBuilder builder, JsonBytes form) : ITextAppender
{
    public bool TryAppend(ReadOnlySpan<byte> text)
    {
        Span<byte> target = builder.GetSpan(text.Length);
        if (!JsonByteText.TryParse(text, target, form, out int written))
        {
            return false;
        }

        builder.Commit(written);
        return true;
    }
}

internal readonly struct FixedBytesForm(FixedBinaryBuilder builder, JsonBytes form) : ITextAppender
{
    public bool TryAppend(ReadOnlySpan<byte> text)
    {
        int width = builder.Type.ByteWidth;
        byte[] target = ArrayPool<byte>.Shared.Rent(text.Length + 1);
        try
        {
            if (!JsonByteText.TryParse(text, target, form, out int written) || written != width)
            {
                return false;
            }

            builder.Append(target.AsSpan(0, written));
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(target);
        }
    }
}

/// <summary>Bytes as text, in the form of the options.</summary>
internal static class JsonByteText
{
    /// <summary>The target has as many bytes as the text.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, Span<byte> target, JsonBytes form, out int written)
        => form == JsonBytes.Hex
            ? HexText.TryParse(text, target, out written)
            : Base64.DecodeFromUtf8(text, target, out int consumed, out written) == OperationStatus.Done && consumed == text.Length;
}
