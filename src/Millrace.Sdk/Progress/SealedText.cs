using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Millrace.Sdk;

/// <summary>
/// Text that tells whether it is whole: a last line holds the length and the CRC-32C of what stands before it, so that a
/// file that was cut, changed or mixed up is never taken for state. It stays readable with any pager.
/// </summary>
public static class SealedText
{
    private const string Mark = "#sealed ";

    /// <summary>The text as UTF-8, with its seal.</summary>
    public static byte[] Seal(string text) => Seal(Encoding.UTF8.GetBytes(text));

    /// <summary>Text in UTF-8 with its seal.</summary>
    public static byte[] Seal(ReadOnlySpan<byte> text)
    {
        int length = text is [.., (byte)'\n'] ? text.Length : text.Length + 1;
        uint checksum = ~Checksum(~0u, text);
        if (length > text.Length)
        {
            checksum = ~Checksum(~checksum, "\n"u8);
        }

        byte[] seal = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Mark}{length} crc32c:{checksum:x8}\n"));
        var bytes = new byte[length + seal.Length];
        text.CopyTo(bytes);
        bytes[length - 1] = (byte)'\n';
        seal.CopyTo(bytes, length);
        return bytes;
    }

    /// <summary>The text without its seal; null when the seal is missing or does not fit.</summary>
    public static string? Open(ReadOnlySpan<byte> bytes) => TryOpen(bytes, out int length) ? Encoding.UTF8.GetString(bytes[..length]) : null;

    /// <summary>How long the text is without its seal; false when the seal is missing or does not fit.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        if (bytes.Length == 0 || bytes[^1] != '\n')
        {
            return false;
        }

        int start = bytes[..^1].LastIndexOf((byte)'\n') + 1;
        string seal = Encoding.Latin1.GetString(bytes[start..]);
        length = start;
        return seal == string.Create(CultureInfo.InvariantCulture, $"{Mark}{start} crc32c:{~Checksum(~0u, bytes[..start]):x8}\n");
    }

    // CRC-32C without the inversion at its ends, so that parts follow each other.
    private static uint Checksum(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return crc;
    }
}
