using System.Runtime.CompilerServices;

namespace Millrace.Formats.Json;

/// <summary>The grammar of numbers (RFC 8259, section 6), which is stricter than that of other texts.</summary>
internal static class JsonNumber
{
    /// <summary>Whether a text that parses as a whole number is one in JSON: no plus, no zeros in front.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool StartsWell(ReadOnlySpan<byte> word)
    {
        int first = word[0] == '-' ? 1 : 0;
        return word.Length > first
            && word[first] - (uint)'0' <= 9
            && (word[first] != '0' || word.Length == first + 1 || word[first + 1] - (uint)'0' > 9);
    }

    /// <summary>Whether a text that parses as a number of any notation is one in JSON: digits on both sides of the point.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsNumber(ReadOnlySpan<byte> word)
    {
        if (!StartsWell(word) || word[^1] - (uint)'0' > 9)
        {
            return false;
        }

        int point = word.IndexOf((byte)'.');
        return point < 0 || word[point + 1] - (uint)'0' <= 9;
    }

    /// <summary>Whether the word is a number, and of which kind.</summary>
    public static bool TryClassify(ReadOnlySpan<byte> word, out JsonNumberKind kind)
    {
        kind = JsonNumberKind.Whole;
        if (word.Length == 0 || !StartsWell(word))
        {
            return false;
        }

        int at = SkipDigits(word, word[0] == '-' ? 1 : 0);
        if (at < word.Length && word[at] == '.')
        {
            kind = JsonNumberKind.Fraction;
            int digits = at + 1;
            at = SkipDigits(word, digits);
            if (at == digits)
            {
                return false;
            }
        }

        if (at < word.Length && (word[at] | 0x20) == 'e')
        {
            kind = JsonNumberKind.Exponent;
            at++;
            at += at < word.Length && word[at] is (byte)'+' or (byte)'-' ? 1 : 0;
            int digits = at;
            at = SkipDigits(word, digits);
            if (at == digits)
            {
                return false;
            }
        }

        return at == word.Length;
    }

    private static int SkipDigits(ReadOnlySpan<byte> word, int at)
    {
        while (at < word.Length && word[at] - (uint)'0' <= 9)
        {
            at++;
        }

        return at;
    }
}

internal enum JsonNumberKind
{
    Whole,

    /// <summary>With a point, without an exponent.</summary>
    Fraction,

    /// <summary>With an exponent.</summary>
    Exponent,
}
