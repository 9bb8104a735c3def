using System.Buffers;

namespace Millrace.Columnar;

/// <summary>Bytes as hex digits after <c>\x</c>, as PostgreSQL writes them.</summary>
public static class HexText
{
    public static ReadOnlySpan<byte> Prefix => "\\x"u8;

    /// <summary>Bytes of the text of so many bytes.</summary>
    public static int FormattedLength(int bytes) => checked(2 + (bytes * 2));

    /// <summary>Reads <c>\x</c> and pairs of hex digits. <paramref name="target"/> holds at least half as many bytes as the text.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, Span<byte> target, out int written)
    {
        written = 0;
        return text.StartsWith(Prefix)
            && (text.Length & 1) == 0
            && Convert.FromHexString(text[2..], target, out _, out written) == OperationStatus.Done;
    }

    /// <summary>Writes <c>\x</c> and lower-case digits and returns the length.</summary>
    public static int Format(ReadOnlySpan<byte> value, Span<byte> target)
    {
        Prefix.CopyTo(target);
        Convert.TryToHexStringLower(value, target[2..], out int written);
        return written + 2;
    }
}
