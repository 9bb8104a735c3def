using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Millrace.Formats.Json;

/// <summary>Texts of JSON: copying, and undoing escapes (RFC 8259, section 7).</summary>
internal static unsafe class JsonText
{
    /// <summary>Bytes that <see cref="CopyUpToEscape"/> may read and write beyond the length.</summary>
    public const int Overrun = 32;

    /// <summary>Copies up to the first backslash and returns how many bytes that are; the whole length when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CopyUpToEscape(byte* source, int length, byte* target)
    {
        int at = 0;
        do
        {
            Vector256<byte> v = Vector256.Load(source + at);
            v.Store(target + at);
            uint escapes = Vector256.Equals(v, Vector256.Create((byte)'\\')).ExtractMostSignificantBits();
            if (escapes != 0)
            {
                return Math.Min(at + System.Numerics.BitOperations.TrailingZeroCount(escapes), length);
            }

            at += 32;
        }
        while (at < length);
        return length;
    }

    /// <summary>Copies without looking.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(byte* source, int length, byte* target)
    {
        int at = 0;
        do
        {
            Vector256.Load(source + at).Store(target + at);
            at += 32;
        }
        while (at < length);
    }

    /// <summary>Undoes the escapes; the result is never longer. The target has <see cref="Overrun"/> bytes more than the source.</summary>
    /// <returns>False with a fault when an escape is not one of JSON's.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static JsonFault Unescape(byte* source, int length, byte* target, JsonLoneSurrogates lone, out int written)
    {
        byte* end = source + length;
        byte* start = target;
        written = 0;
        while (true)
        {
            int plain = source < end ? CopyUpToEscape(source, (int)(end - source), target) : 0;
            source += plain;
            target += plain;
            if (source >= end)
            {
                written = (int)(target - start);
                return JsonFault.None;
            }

            // The indexer has seen to it that a byte follows each backslash.
            byte escape = source[1];
            if (escape != 'u')
            {
                byte value = Simple(escape);
                if (value == 0)
                {
                    return JsonFault.Syntax;
                }

                *target++ = value;
                source += 2;
                continue;
            }

            JsonFault fault = Unicode(ref source, end, ref target, lone);
            if (fault != JsonFault.None)
            {
                return fault;
            }
        }
    }

    private static byte Simple(byte escape) => escape switch
    {
        (byte)'"' or (byte)'\\' or (byte)'/' => escape,
        (byte)'n' => (byte)'\n',
        (byte)'t' => (byte)'\t',
        (byte)'r' => (byte)'\r',
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        _ => 0,
    };

    private static JsonFault Unicode(ref byte* source, byte* end, ref byte* target, JsonLoneSurrogates lone)
    {
        if (!TryReadUnit(source, end, out uint code))
        {
            return JsonFault.Syntax;
        }

        source += 6;
        if (code is >= 0xD800 and <= 0xDFFF)
        {
            bool paired = code < 0xDC00 && TryReadUnit(source, end, out uint low) && low is >= 0xDC00 and <= 0xDFFF;
            if (paired)
            {
                TryReadUnit(source, end, out low);
                code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
                source += 6;
            }
            else if (lone == JsonLoneSurrogates.Fail)
            {
                return JsonFault.LoneSurrogate;
            }
            else
            {
                code = 0xFFFD;
            }
        }

        new System.Text.Rune(code).TryEncodeToUtf8(new Span<byte>(target, 4), out int bytes);
        target += bytes;
        return JsonFault.None;
    }

    // The six bytes \uXXXX.
    private static bool TryReadUnit(byte* source, byte* end, out uint code)
    {
        code = 0;
        if (end - source < 6 || source[0] != '\\' || source[1] != 'u')
        {
            return false;
        }

        for (int i = 2; i < 6; i++)
        {
            byte c = source[i];
            uint digit = c - (uint)'0';
            if (digit > 9)
            {
                digit = (c | 0x20u) - 'a';
                if (digit > 5)
                {
                    return false;
                }

                digit += 10;
            }

            code = (code << 4) | digit;
        }

        return true;
    }
}
