using System.Numerics;
using Millrace.Columnar;

namespace Millrace.Formats.Json;

/// <summary>How the text of a number becomes a value of a column.</summary>
/// <remarks>
/// The texts themselves are read by the same kernels as those of CSV. What stands here is what differs: the grammar, which
/// refuses 01 and .5 and takes 1e3 as whole, and words whose end is a token, not a length known before.
/// </remarks>
internal interface INumberParser<T>
    where T : unmanaged
{
    /// <summary>Reads a number in JSON's grammar; false for what is not one, and for what does not fit.</summary>
    bool TryParse(ReadOnlySpan<byte> word, out T value);
}

/// <summary>Columns of numbers. A text that holds a number is taken where the type was declared.</summary>
internal sealed unsafe class NumberDecoder<T, TParser>(Field field, FixedBuilder<T> builder, bool nullAllowed, TParser parser, DecoderOptions options)
    : ColumnDecoder(field, builder, nullAllowed)
    where T : unmanaged
    where TParser : struct, INumberParser<T>
{
    private TParser _parser = parser;

    public override uint* Read(JsonSegment segment, uint* token)
    {
        byte* text = segment.Text;
        if (text[*token] is (byte)'-' or (>= (byte)'0' and <= (byte)'9') && _parser.TryParse(JsonChars.Word(text, token), out T value))
        {
            builder.Append(value);
            return token + 1;
        }

        return ReadRest(segment, token);
    }

    private uint* ReadRest(JsonSegment segment, uint* token)
    {
        if (segment.Text[*token] != '"' || !options.Declared)
        {
            return ReadOther(segment, token);
        }

        if (!options.Scratch.TryGetText(segment, token, options.LoneSurrogates, out ReadOnlySpan<byte> content))
        {
            return null;
        }

        if (content.Length == 0 || !(_parser.TryParse(content, out T value) || IsNonFinite(content, out value)))
        {
            return segment.Fail(JsonFault.Misfit, token, Field.Name);
        }

        builder.Append(value);
        return token + 2;
    }

    // Numbers that JSON has no number for are written as their names.
    private static bool IsNonFinite(ReadOnlySpan<byte> text, out T value)
    {
        value = default;
        if (typeof(T) == typeof(double) && FloatText.TryParse(text, out double wide) && !double.IsFinite(wide))
        {
            value = (T)(object)wide;
            return true;
        }

        if (typeof(T) == typeof(float) && FloatText.TryParse(text, out float narrow) && !float.IsFinite(narrow))
        {
            value = (T)(object)narrow;
            return true;
        }

        return false;
    }
}

/// <summary>Whole numbers; <c>1.0</c> and <c>1e3</c> are whole, too.</summary>
internal readonly struct IntegerParser<T> : INumberParser<T>
    where T : unmanaged, IBinaryInteger<T>
{
    public bool TryParse(ReadOnlySpan<byte> word, out T value)
        => (IntegerText.TryParse(word, out value) && JsonNumber.StartsWell(word)) || TryParseOther(word, out value);

    private static bool TryParseOther(ReadOnlySpan<byte> word, out T value)
    {
        value = default;
        if (!JsonNumber.TryClassify(word, out JsonNumberKind kind) || kind == JsonNumberKind.Whole || !DecimalText.TryParse(word, DataType.MaxDecimalPrecision, 0, out Int128 whole))
        {
            return false;
        }

        value = T.CreateTruncating(whole);
        return Int128.CreateTruncating(value) == whole;
    }
}

/// <summary>The nearest double. A number with digits that a double does not keep fits only where the type was declared.</summary>
internal readonly struct DoubleParser(bool nearest) : INumberParser<double>
{
    public bool TryParse(ReadOnlySpan<byte> word, out double value)
    {
        bool keepsDigits = true;
        return (nearest ? FloatText.TryParse(word, out value) : FloatText.TryParse(word, out value, out keepsDigits))
            && keepsDigits
            && JsonNumber.IsNumber(word);
    }
}

internal readonly struct SingleParser : INumberParser<float>
{
    public bool TryParse(ReadOnlySpan<byte> word, out float value) => FloatText.TryParse(word, out value) && JsonNumber.IsNumber(word);
}

/// <summary>Exact decimals: digits beyond the scale must be zero.</summary>
internal readonly struct DecimalParser(int precision, int scale) : INumberParser<Int128>
{
    public bool TryParse(ReadOnlySpan<byte> word, out Int128 value)
        => DecimalText.TryParse(word, precision, scale, out value) && JsonNumber.IsNumber(word);
}
