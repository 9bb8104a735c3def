using System.Buffers.Text;

namespace Millrace.Columnar;

/// <summary>UUIDs as UTF-8 (RFC 9562, section 4); the value is 16 bytes in the order of the text.</summary>
public static class UuidText
{
    public const int Length = 36;

    /// <summary>Reads 32 hex digits with or without dashes, or the form with dashes in braces.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, Span<byte> value)
    {
        char format = text.Length switch
        {
            Length => 'D',
            Length + 2 => 'B',
            32 => 'N',
            _ => '\0',
        };
        return format != '\0'
            && Utf8Parser.TryParse(text, out Guid guid, out int used, format)
            && used == text.Length
            && guid.TryWriteBytes(value, bigEndian: true, out _);
    }

    /// <summary>Writes the form with dashes in lower case and returns its length, <see cref="Length"/>.</summary>
    public static int Format(ReadOnlySpan<byte> value, Span<byte> target)
    {
        new Guid(value, bigEndian: true).TryFormat(target, out int written);
        return written;
    }
}
