using System.Runtime.CompilerServices;

namespace Millrace.Formats.Csv;

/// <summary>
/// Numbers of a column whose type was found out from a sample. <c>007</c> and <c>+1</c> are codes or numbers of
/// telephones: a number would change them, so such a text asks for a wider type.
/// </summary>
internal readonly unsafe struct InferredNumberParser<T, TParser>(TParser parser) : IValueParser<T>
    where TParser : struct, IValueParser<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryQuick(byte* text, int length, out T value)
    {
        if (*text is (byte)'0' or (byte)'-' or (byte)'+' && IsCode(new ReadOnlySpan<byte>(text, length)))
        {
            value = default!;
            return false;
        }

        return parser.TryQuick(text, length, out value);
    }

    public bool TryParse(ReadOnlySpan<byte> text, out T value)
    {
        if (IsCode(text))
        {
            value = default!;
            return false;
        }

        return parser.TryParse(text, out value);
    }

    private static bool IsCode(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> digits = text is [(byte)'-', ..] ? text[1..] : text;
        return digits is [(byte)'+', ..] or [(byte)'0', >= (byte)'0' and <= (byte)'9', ..];
    }
}
