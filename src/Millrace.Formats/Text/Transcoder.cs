using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace Millrace.Formats.Text;

/// <summary>
/// Turns chunks of another encoding into UTF-8. A lone surrogate becomes the three bytes that encode it, which are not
/// valid UTF-8: so whoever validates rows finds it there and can say in which row it stands.
/// </summary>
internal static class Transcoder
{
    // What WHATWG assigns to bytes 0x80 to 0x9F of windows-1252; the five unassigned ones keep their value.
    private const string Windows1252High = "\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178";

    /// <summary>Converts as much as fits. What remains unread is part of a character or did not fit.</summary>
    /// <param name="encoding">Encoding of <paramref name="input"/>.</param>
    /// <param name="input">Bytes of the file; for UTF-16 its contents are spoilt.</param>
    /// <param name="output">At least 8 bytes, so that a surrogate pair always fits.</param>
    /// <param name="last">No more input follows, so half a surrogate pair is lone.</param>
    /// <param name="consumed">Bytes read.</param>
    /// <param name="written">Bytes written.</param>
    public static void ToUtf8(TextEncoding encoding, Span<byte> input, Span<byte> output, bool last, out int consumed, out int written)
    {
        if (encoding is TextEncoding.Latin1 or TextEncoding.Windows1252)
        {
            FromSingleByte(input, output, encoding == TextEncoding.Windows1252, out consumed, out written);
        }
        else
        {
            FromUtf16(input, output, encoding == TextEncoding.Utf16Be, last, out consumed, out written);
        }
    }

    private static void FromUtf16(Span<byte> input, Span<byte> output, bool bigEndian, bool last, out int consumed, out int written)
    {
        // No more units than can become bytes, so that swapped ones are never seen twice.
        int units = Math.Min(input.Length / 2, output.Length / 3);
        Span<char> text = MemoryMarshal.Cast<byte, char>(input[..(units * 2)]);
        if (bigEndian)
        {
            Span<ushort> swapped = MemoryMarshal.Cast<char, ushort>(text);
            BinaryPrimitives.ReverseEndianness(swapped, swapped);
        }

        int read = 0;
        written = 0;
        while (read < text.Length)
        {
            OperationStatus status = Utf8.FromUtf16(text[read..], output[written..], out int chars, out int bytes, replaceInvalidSequences: false, isFinalBlock: false);
            read += chars;
            written += bytes;
            if (status == OperationStatus.Done)
            {
                break;
            }

            bool pairMayFollow = status == OperationStatus.NeedMoreData && (!last || units < input.Length / 2);
            if (pairMayFollow)
            {
                break;
            }

            char lone = text[read++];
            output[written++] = (byte)(0xE0 | (lone >> 12));
            output[written++] = (byte)(0x80 | ((lone >> 6) & 0x3F));
            output[written++] = (byte)(0x80 | (lone & 0x3F));
        }

        if (bigEndian && read < text.Length)
        {
            Span<ushort> back = MemoryMarshal.Cast<char, ushort>(text[read..]);
            BinaryPrimitives.ReverseEndianness(back, back);
        }

        consumed = read * 2;
    }

    private static void FromSingleByte(ReadOnlySpan<byte> input, Span<byte> output, bool windows, out int consumed, out int written)
    {
        consumed = 0;
        written = 0;
        while (consumed < input.Length)
        {
            ReadOnlySpan<byte> rest = input[consumed..];
            int plain = rest.IndexOfAnyExceptInRange((byte)0, (byte)0x7F);
            plain = Math.Min(plain < 0 ? rest.Length : plain, output.Length - written);
            rest[..plain].CopyTo(output[written..]);
            consumed += plain;
            written += plain;
            if (consumed == input.Length || output.Length - written < 3)
            {
                break;
            }

            byte b = input[consumed];
            if (b < 0x80)
            {
                continue;
            }

            consumed++;
            int code = windows && b < 0xA0 ? Windows1252High[b - 0x80] : b;
            if (code >= 0x800)
            {
                output[written++] = (byte)(0xE0 | (code >> 12));
                output[written++] = (byte)(0x80 | ((code >> 6) & 0x3F));
            }
            else
            {
                output[written++] = (byte)(0xC0 | (code >> 6));
            }

            output[written++] = (byte)(0x80 | (code & 0x3F));
        }
    }
}
