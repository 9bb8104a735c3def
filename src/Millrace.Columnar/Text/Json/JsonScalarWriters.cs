namespace Millrace.Columnar;

internal sealed class JsonBooleanWriter : JsonValueWriter<BooleanColumn>
{
    public override void WriteValue(int row, ByteBuffer target) => target.Write(Column.Values[row] ? "true"u8 : "false"u8);

    protected override void WriteKeyValue(int row, ByteBuffer target) => target.Write(Column.Values[row] ? "\"true\""u8 : "\"false\""u8);
}

/// <summary>Numbers, which stand as they are, and values of a fixed width in their text form, which stand in quotes.</summary>
internal sealed class JsonFixedWriter<T, TFormatter>(TFormatter formatter, bool isNumber) : JsonValueWriter<FixedColumn<T>>
    where T : unmanaged
    where TFormatter : struct, IValueFormatter<T>
{
    public override void WriteValue(int row, ByteBuffer target)
    {
        T value = Column.Values[row];
        if (isNumber && IsFinite(value))
        {
            target.Advance(formatter.Format(value, target.GetSpan(formatter.MaxLength)));
        }
        else
        {
            WriteQuoted(value, target);
        }
    }

    protected override void WriteKeyValue(int row, ByteBuffer target) => WriteQuoted(Column.Values[row], target);

    private void WriteQuoted(T value, ByteBuffer target)
    {
        Span<byte> span = target.GetSpan(formatter.MaxLength + 2);
        span[0] = (byte)'"';
        int length = formatter.Format(value, span[1..]);
        span[length + 1] = (byte)'"';
        target.Advance(length + 2);
    }

    // JSON has no number for NaN and the infinities.
    private static bool IsFinite(T value)
        => typeof(T) == typeof(double) ? double.IsFinite((double)(object)value)
            : typeof(T) != typeof(float) || float.IsFinite((float)(object)value);
}

internal sealed class JsonStringWriter : JsonValueWriter<BinaryColumn>
{
    public override void WriteValue(int row, ByteBuffer target) => JsonString.Write(Column[row], target);
}

/// <summary>JSON text, which becomes part of what is written.</summary>
internal sealed class JsonRawWriter : JsonValueWriter<BinaryColumn>
{
    public override void WriteValue(int row, ByteBuffer target) => target.Write(Column[row]);
}

internal sealed class JsonUuidWriter : JsonValueWriter<FixedBinaryColumn>
{
    public override void WriteValue(int row, ByteBuffer target)
    {
        Span<byte> span = target.GetSpan(UuidText.Length + 2);
        span[0] = (byte)'"';
        UuidText.Format(Column[row], span[1..]);
        span[UuidText.Length + 1] = (byte)'"';
        target.Advance(UuidText.Length + 2);
    }
}

internal sealed class JsonHexWriter : JsonValueWriter<BinaryColumn>
{
    public override void WriteValue(int row, ByteBuffer target) => Write(Column[row], target);

    internal static void Write(ReadOnlySpan<byte> value, ByteBuffer target)
    {
        // The backslash of the prefix is itself escaped in a JSON string.
        Span<byte> span = target.GetSpan(HexText.FormattedLength(value.Length) + 3);
        span[0] = (byte)'"';
        span[1] = (byte)'\\';
        int length = HexText.Format(value, span[2..]);
        span[length + 2] = (byte)'"';
        target.Advance(length + 3);
    }
}

internal sealed class JsonFixedHexWriter : JsonValueWriter<FixedBinaryColumn>
{
    public override void WriteValue(int row, ByteBuffer target) => JsonHexWriter.Write(Column[row], target);
}
