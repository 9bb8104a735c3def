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
    public static byte[] Seal(string text)
    {
        string body = text.EndsWith('\n') ? text : text + "\n";
        int length = Encoding.UTF8.GetByteCount(body);
        var bytes = new byte[length + Mark.Length + 64];
        Encoding.UTF8.GetBytes(body, bytes);
        string seal = string.Create(CultureInfo.InvariantCulture, $"{Mark}{length} crc32c:{Checksum(bytes.AsSpan(0, length)):x8}\n");
        int end = length + Encoding.ASCII.GetBytes(seal, bytes.AsSpan(length));
        return bytes[..end];
    }

    /// <summary>The text without its seal; null when the seal is missing or does not fit.</summary>
    public static string? Open(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 0 || bytes[^1] != '\n')
        {
            return null;
        }

        int start = bytes[..^1].LastIndexOf((byte)'\n') + 1;
        string seal = Encoding.Latin1.GetString(bytes[start..]);
        return seal == string.Create(CultureInfo.InvariantCulture, $"{Mark}{start} crc32c:{Checksum(bytes[..start]):x8}\n")
            ? Encoding.UTF8.GetString(bytes[..start])
            : null;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = ~0u;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }
}
