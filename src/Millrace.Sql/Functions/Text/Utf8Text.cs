using System.Numerics;
using System.Text;

namespace Millrace.Sql.Functions;

/// <summary>Code points in UTF-8 bytes. Bytes that are not UTF-8 are walked over safely and count in some way.</summary>
internal static class Utf8Text
{
    /// <summary>Whether a byte goes on with a code point that began before it.</summary>
    public static bool IsContinuation(byte value) => (sbyte)value < -64;

    public static int Count(ReadOnlySpan<byte> text)
    {
        int count = 0;
        int at = 0;
        if (Vector.IsHardwareAccelerated && text.Length >= Vector<byte>.Count)
        {
            var limit = new Vector<sbyte>(-65);
            for (; at <= text.Length - Vector<sbyte>.Count; at += Vector<sbyte>.Count)
            {
                Vector<sbyte> starts = Vector.GreaterThan(Vector.AsVectorSByte(new Vector<byte>(text[at..])), limit);
                count += CountSet(starts);
            }
        }

        for (; at < text.Length; at++)
        {
            count += IsContinuation(text[at]) ? 0 : 1;
        }

        return count;
    }

    /// <summary>Where the code point of a number, from 0, begins; the end of the text if it has fewer.</summary>
    public static int Skip(ReadOnlySpan<byte> text, long codePoints)
    {
        if (codePoints >= text.Length)
        {
            return text.Length;
        }

        int at = 0;
        for (; codePoints > 0 && at < text.Length; codePoints--)
        {
            at = Next(text, at);
        }

        return at;
    }

    /// <summary>Where the last so many code points begin; 0 if the text has fewer.</summary>
    public static int SkipBack(ReadOnlySpan<byte> text, long codePoints)
    {
        if (codePoints >= text.Length)
        {
            return 0;
        }

        int at = text.Length;
        for (; codePoints > 0 && at > 0; codePoints--)
        {
            at = Previous(text, at);
        }

        return at;
    }

    /// <summary>The end of the code point that begins at a place.</summary>
    public static int Next(ReadOnlySpan<byte> text, int at)
    {
        at++;
        while (at < text.Length && IsContinuation(text[at]))
        {
            at++;
        }

        return at;
    }

    /// <summary>The beginning of the code point that ends at a place.</summary>
    public static int Previous(ReadOnlySpan<byte> text, int at)
    {
        at--;
        while (at > 0 && IsContinuation(text[at]))
        {
            at--;
        }

        return at;
    }

    /// <summary>The code point at a place and the place behind it.</summary>
    public static Rune Read(ReadOnlySpan<byte> text, ref int at)
    {
        Rune.DecodeFromUtf8(text[at..], out Rune rune, out int length);
        at += length;
        return rune;
    }

    private static int CountSet(Vector<sbyte> mask) => -Vector.Sum(Vector.WidenLower(mask)) - Vector.Sum(Vector.WidenUpper(mask));
}
