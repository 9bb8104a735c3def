using System.Buffers;

namespace Millrace.Columnar;

/// <summary>Strings as JSON (RFC 8259): quoted, with only what must be escaped escaped.</summary>
public static class JsonString
{
    private static readonly SearchValues<byte> Special = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(i => (byte)i), (byte)'"', (byte)'\\']);

    /// <summary>Appends UTF-8 text with quotes around it.</summary>
    public static void Write(ReadOnlySpan<byte> text, ByteBuffer target)
    {
        target.Write((byte)'"');
        while (true)
        {
            int plain = text.IndexOfAny(Special);
            if (plain < 0)
            {
                break;
            }

            target.Write(text[..plain]);
            WriteEscape(text[plain], target);
            text = text[(plain + 1)..];
        }

        target.Write(text);
        target.Write((byte)'"');
    }

    private static void WriteEscape(byte value, ByteBuffer target)
    {
        byte letter = value switch
        {
            (byte)'"' => (byte)'"',
            (byte)'\\' => (byte)'\\',
            (byte)'\n' => (byte)'n',
            (byte)'\r' => (byte)'r',
            (byte)'\t' => (byte)'t',
            (byte)'\b' => (byte)'b',
            (byte)'\f' => (byte)'f',
            _ => 0,
        };
        if (letter != 0)
        {
            target.Write([(byte)'\\', letter]);
            return;
        }

        ReadOnlySpan<byte> digits = "0123456789abcdef"u8;
        target.Write([(byte)'\\', (byte)'u', (byte)'0', (byte)'0', digits[value >> 4], digits[value & 15]]);
    }
}
