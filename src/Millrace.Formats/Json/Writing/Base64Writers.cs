using System.Buffers.Text;
using Millrace.Columnar;

namespace Millrace.Formats.Json;

internal sealed class Base64Writer : JsonValueWriter<BinaryColumn>
{
    public override void WriteValue(int row, ByteBuffer target) => Write(Column[row], target);

    internal static void Write(ReadOnlySpan<byte> value, ByteBuffer target)
    {
        Span<byte> text = target.GetSpan(Base64.GetMaxEncodedToUtf8Length(value.Length) + 2);
        text[0] = (byte)'"';
        Base64.EncodeToUtf8(value, text[1..], out _, out int written);
        text[written + 1] = (byte)'"';
        target.Advance(written + 2);
    }
}

/// <summary>Bytes of one length.</summary>
internal sealed class FixedBase64Writer : JsonValueWriter<FixedBinaryColumn>
{
    public override void WriteValue(int row, ByteBuffer target) => Base64Writer.Write(Column[row], target);
}
