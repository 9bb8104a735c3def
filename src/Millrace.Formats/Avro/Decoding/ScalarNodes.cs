using System.Buffers.Text;
using System.Numerics;
using System.Text.Unicode;
using Millrace.Columnar;

namespace Millrace.Formats.Avro;

internal sealed class BooleanNode(BooleanBuilder builder) : DecodeNode
{
    public override void Decode(ref AvroCursor cursor) => builder.Append(cursor.ReadBoolean());
}

internal sealed class TextNode(BinaryBuilder builder, string field) : DecodeNode
{
    public override void Decode(ref AvroCursor cursor)
    {
        ReadOnlySpan<byte> text = cursor.ReadBytes();
        if (!Utf8.IsValid(text))
        {
            cursor.Note(FormatErrors.InvalidUtf8, "A string is not valid UTF-8.", field);
        }

        builder.Append(text);
    }

    public override DecodeNode OrNull(int valueBranch) => new NullableTextNode(builder, field, valueBranch);
}

internal sealed class NullableTextNode(BinaryBuilder builder, string field, int valueBranch) : DecodeNode
{
    public override void Decode(ref AvroCursor cursor)
    {
        if (cursor.ReadIndex(2) != valueBranch)
        {
            builder.AppendNull();
            return;
        }

        ReadOnlySpan<byte> text = cursor.ReadBytes();
        if (!Utf8.IsValid(text))
        {
            cursor.Note(FormatErrors.InvalidUtf8, "A string is not valid UTF-8.", field);
        }

        builder.Append(text);
    }
}

internal sealed class BytesNode(BinaryBuilder builder) : DecodeNode
{
    public override void Decode(ref AvroCursor cursor) => builder.Append(cursor.ReadBytes());
}

/// <summary>A fixed of 0 bytes: fixed binary has at least one.</summary>
internal sealed class EmptyFixedNode(BinaryBuilder builder) : DecodeNode
{
    public override void Decode(ref AvroCursor cursor) => builder.Append([]);
}

internal sealed class FixedBytesNode(FixedBinaryBuilder builder, int size) : DecodeNode
{
    public override void Decode(ref AvroCursor cursor) => builder.Append(cursor.ReadFixed(size));
}

/// <summary>A UUID as text of 36 characters.</summary>
internal sealed class UuidTextNode(FixedBinaryBuilder builder, string field) : DecodeNode
{
    public override void Decode(ref AvroCursor cursor)
    {
        ReadOnlySpan<byte> text = cursor.ReadBytes();
        Span<byte> value = builder.AppendUninitialized(1);
        if (!Utf8Parser.TryParse(text, out Guid uuid, out int used, 'D') || used != text.Length)
        {
            cursor.Note(AvroErrors.ValueCode, "A value is not a UUID of the form 8-4-4-4-12.", field);
        }

        uuid.TryWriteBytes(value, bigEndian: true, out _);
    }
}

/// <summary>The index of a symbol; which text it stands for was resolved before.</summary>
internal sealed class EnumNode(BinaryBuilder builder, byte[]?[] texts, string field) : DecodeNode
{
    public override void Decode(ref AvroCursor cursor)
    {
        byte[]? text = texts[cursor.ReadIndex(texts.Length)];
        if (text is null)
        {
            cursor.Note(AvroErrors.ValueCode, "An enum's symbol is unknown to the reader's schema, which has no default.", field);
        }

        cursor.Charge(1, text?.Length ?? 0);
        builder.Append(text);
    }
}

/// <summary>A time or timestamp in another unit than the reader's.</summary>
internal sealed class RescaleNode(FixedBuilder<long> builder, bool isInt, long multiplier, long divisor, string field) : DecodeNode
{
    public override void Decode(ref AvroCursor cursor)
    {
        long value = isInt ? cursor.ReadInt() : cursor.ReadLong();
        Int128 scaled = (Int128)value * multiplier;
        (Int128 quotient, Int128 rest) = Int128.DivRem(scaled, divisor);
        if (quotient != (long)quotient)
        {
            cursor.Note(FormatErrors.ValueDoesNotFit, $"The time {value} does not fit 64 bits in the reader's unit.", field);
        }

        // A moment before 1970 belongs to the earlier unit.
        builder.Append((long)quotient - (rest < 0 ? 1 : 0));
    }
}

/// <summary>An integer that stands in for a narrower one; see <see cref="AvroStandIns"/>.</summary>
internal sealed class NarrowNode<T>(FixedBuilder<T> builder, DataType type, string field) : DecodeNode
    where T : unmanaged, IBinaryInteger<T>
{
    public override void Decode(ref AvroCursor cursor)
    {
        long value = cursor.ReadLong();
        T narrow = T.CreateTruncating(value);
        if (long.CreateTruncating(narrow) != value)
        {
            cursor.Note(FormatErrors.ValueDoesNotFit, $"The value {value} does not fit {type}.", field);
        }

        builder.Append(narrow);
    }
}

/// <summary>An interval as text in ISO 8601; see <see cref="AvroStandIns"/>.</summary>
internal sealed class IntervalTextNode(FixedBuilder<Interval> builder, string field) : DecodeNode
{
    public override void Decode(ref AvroCursor cursor)
    {
        if (!IntervalText.TryParse(cursor.ReadBytes(), out Interval value))
        {
            cursor.Note(AvroErrors.ValueCode, "A value is not an interval.", field);
        }

        builder.Append(value);
    }
}
