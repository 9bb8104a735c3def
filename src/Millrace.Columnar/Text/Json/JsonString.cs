using System.Numerics;
using System.Runtime.Intrinsics;
using System.Text;

namespace Millrace.Columnar;

/// <summary>Texts as JSON strings (RFC 8259): in quotes, with those characters escaped that have to be: quotes, backslashes, controls.</summary>
public static unsafe class JsonString
{
    private const int Step = 32;

    // The longest escape: \u001f.
    private const int MaxGrowth = 6;

    /// <summary>Appends UTF-8 text with quotes around it.</summary>
    public static void Write(ReadOnlySpan<byte> text, ByteBuffer target)
    {
        fixed (byte* source = text, start = target.GetSpan(text.Length + Step + 2))
        {
            byte* to = start;
            *to++ = (byte)'"';
            int copied = CopyPlain(source, text.Length, to);
            if (copied == text.Length)
            {
                to[copied] = (byte)'"';
                target.Advance(copied + 2);
                return;
            }

            target.Advance(copied + 1);
            WriteRest(text[copied..], target);
        }
    }

    /// <summary>The bytes of a name in quotes.</summary>
    public static byte[] Quote(string name)
    {
        using var quoted = new ByteBuffer();
        Write(Encoding.UTF8.GetBytes(name), quoted);
        return quoted.Written.ToArray();
    }

    // Copies up to the first byte that has to be escaped. Up to a vector more is written, never read.
    private static int CopyPlain(byte* source, int length, byte* target)
    {
        int at = 0;
        for (; at + Step <= length; at += Step)
        {
            Vector256<byte> v = Vector256.Load(source + at);
            v.Store(target + at);
            uint escapes = (Vector256.Equals(v, Vector256.Create((byte)'"')) | Vector256.Equals(v, Vector256.Create((byte)'\\'))
                | Vector256.LessThan(v, Vector256.Create((byte)0x20))).ExtractMostSignificantBits();
            if (escapes != 0)
            {
                return at + BitOperations.TrailingZeroCount(escapes);
            }
        }

        for (; at < length; at++)
        {
            byte b = source[at];
            if (NeedsEscape(b))
            {
                break;
            }

            target[at] = b;
        }

        return at;
    }

    // From the first byte that has to be escaped to the closing quote, in pieces so that room is not taken for the worst of a long text.
    private static void WriteRest(ReadOnlySpan<byte> text, ByteBuffer target)
    {
        const int piece = 4096;
        while (text.Length > 0)
        {
            ReadOnlySpan<byte> now = text[..Math.Min(piece, text.Length)];
            text = text[now.Length..];
            fixed (byte* source = now, start = target.GetSpan((now.Length * MaxGrowth) + Step))
            {
                byte* to = start;
                int at = 0;
                while (at < now.Length)
                {
                    if (NeedsEscape(source[at]))
                    {
                        to += Escape(source[at++], to);
                        continue;
                    }

                    int plain = CopyPlain(source + at, now.Length - at, to);
                    at += plain;
                    to += plain;
                }

                target.Advance((int)(to - start));
            }
        }

        target.Write((byte)'"');
    }

    private static bool NeedsEscape(byte b) => b is < 0x20 or (byte)'"' or (byte)'\\';

    private static int Escape(byte b, byte* target)
    {
        target[0] = (byte)'\\';
        byte letter = b switch
        {
            (byte)'"' or (byte)'\\' => b,
            (byte)'\n' => (byte)'n',
            (byte)'\t' => (byte)'t',
            (byte)'\r' => (byte)'r',
            (byte)'\b' => (byte)'b',
            (byte)'\f' => (byte)'f',
            _ => (byte)'u',
        };
        target[1] = letter;
        if (letter != 'u')
        {
            return 2;
        }

        target[2] = (byte)'0';
        target[3] = (byte)'0';
        target[4] = (byte)('0' + (b >> 4));
        target[5] = "0123456789abcdef"u8[b & 15];
        return MaxGrowth;
    }
}
