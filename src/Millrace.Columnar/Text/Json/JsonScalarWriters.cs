namespace Millrace.Columnar;

internal sealed class JsonBooleanWriter(BooleanColumn column) : JsonValueWriter
{
    public override void Write(int row, ByteBuffer target)
        => target.Write(column.IsNull(row) ? "null"u8 : column.Values[row] ? "true"u8 : "false"u8);
}

internal sealed class JsonFixedWriter<T, TForm>(FixedColumn<T> column, TForm form) : JsonValueWriter
    where T : unmanaged
    where TForm : struct, ITextForm<T>
{
    private readonly bool _isNumber = column.Type.IsNumeric;

    public override void Write(int row, ByteBuffer target)
    {
        if (column.IsNull(row))
        {
            WriteNull(target);
            return;
        }

        // One byte is left free before the text for the quote, which numbers such as NaN turn out to need.
        Span<byte> span = target.GetSpan(form.MaxLength + 2);
        int length = form.Format(column.Values[row], span[1..]);
        byte first = span[1] == (byte)'-' ? span[2] : span[1];
        if (_isNumber && first is >= (byte)'0' and <= (byte)'9')
        {
            span.Slice(1, length).CopyTo(span);
            target.Advance(length);
            return;
        }

        span[0] = (byte)'"';
        span[length + 1] = (byte)'"';
        target.Advance(length + 2);
    }
}

/// <summary>Text, JSON text and bytes.</summary>
internal sealed class JsonTextWriter(BinaryColumn column) : JsonValueWriter
{
    public override void Write(int row, ByteBuffer target)
    {
        if (column.IsNull(row))
        {
            WriteNull(target);
        }
        else if (column.Type.Id == TypeId.Json)
        {
            target.Write(column[row]);
        }
        else if (column.Type.Id == TypeId.Binary)
        {
            JsonBytesWriter.WriteBytes(column[row], target);
        }
        else
        {
            JsonString.Write(column[row], target);
        }
    }
}

/// <summary>UUIDs and bytes of one length.</summary>
internal sealed class JsonBytesWriter(FixedBinaryColumn column) : JsonValueWriter
{
    public override void Write(int row, ByteBuffer target)
    {
        if (column.IsNull(row))
        {
            WriteNull(target);
        }
        else if (column.Type.Id == TypeId.Uuid)
        {
            Span<byte> span = target.GetSpan(UuidText.Length + 2);
            span[0] = (byte)'"';
            UuidText.Format(column[row], span[1..]);
            span[UuidText.Length + 1] = (byte)'"';
            target.Advance(UuidText.Length + 2);
        }
        else
        {
            WriteBytes(column[row], target);
        }
    }

    internal static void WriteBytes(ReadOnlySpan<byte> value, ByteBuffer target)
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
