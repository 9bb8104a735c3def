using System.Runtime.CompilerServices;

namespace Millrace.Formats.Json;

/// <summary>Small questions about bytes and tokens.</summary>
internal static unsafe class JsonChars
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSpace(byte b) => b is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r';

    /// <summary>The bytes of a number or word, which reach up to the white space before the next token.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ReadOnlySpan<byte> Word(byte* text, uint* token)
    {
        byte* start = text + token[0];
        byte* end = text + token[1];
        while (end[-1] <= ' ' && IsSpace(end[-1]))
        {
            end--;
        }

        return new ReadOnlySpan<byte>(start, (int)(end - start));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsNull(byte* text, uint* token)
        => Unsafe.ReadUnaligned<uint>(text + *token) == 0x6C6C756E && Word(text, token).Length == 4;
}
