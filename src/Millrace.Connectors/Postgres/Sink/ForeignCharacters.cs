using System.Buffers;
using System.Globalization;
using System.Text;

namespace Millrace.Connectors.Postgres;

/// <summary>Goes through the characters of a text in UTF-8 that are not of ASCII.</summary>
/// <param name="text">The text.</param>
/// <param name="unescapes">Whether <c>\uXXXX</c> of JSON stands for a character.</param>
internal ref struct ForeignCharacters(ReadOnlySpan<byte> text, bool unescapes)
{
    private const byte Backslash = (byte)'\\';
    private const int EscapeLength = 6;

    private static readonly SearchValues<byte> Marks = SearchValues.Create([Backslash, .. Enumerable.Range(0x80, 0x80).Select(b => (byte)b)]);

    private readonly bool _unescapes = unescapes;
    private ReadOnlySpan<byte> _rest = text;

    public Rune Current { get; private set; }

    /// <summary>Whether there may be any; cheap.</summary>
    public static bool MayBeIn(ReadOnlySpan<byte> text, bool unescapes) => IndexOfMark(text, unescapes) >= 0;

    public bool MoveNext()
    {
        for (int at = IndexOfMark(_rest, _unescapes); at >= 0; at = IndexOfMark(_rest, _unescapes))
        {
            _rest = _rest[at..];
            int length;
            Rune character;
            bool isWhole = true;
            if (_rest[0] == Backslash)
            {
                length = Unescape(_rest, out character);
            }
            else
            {
                isWhole = Rune.DecodeFromUtf8(_rest, out character, out length) == OperationStatus.Done;
            }

            _rest = _rest[length..];
            if (isWhole && !character.IsAscii)
            {
                Current = character;
                return true;
            }
        }

        return false;
    }

    private static int IndexOfMark(ReadOnlySpan<byte> text, bool unescapes) => unescapes ? text.IndexOfAny(Marks) : text.IndexOfAnyExceptInRange((byte)0, (byte)0x7f);

    // The length of an escape, and its character; U+0000 for any that is none of \uXXXX, or half a pair. In a text that is no JSON
    // a backslash may stand before anything.
    private static int Unescape(ReadOnlySpan<byte> text, out Rune character)
    {
        character = default;
        if (!TryUnit(text, out char unit))
        {
            return text.Length > 1 && text[1] < 0x80 ? 2 : 1;
        }

        return !Rune.TryCreate(unit, out character) && TryUnit(text[EscapeLength..], out char second) && Rune.TryCreate(unit, second, out character)
            ? 2 * EscapeLength
            : EscapeLength;
    }

    private static bool TryUnit(ReadOnlySpan<byte> text, out char unit)
    {
        ushort value = 0;
        bool isUnit = text.Length >= EscapeLength && text[0] == Backslash && text[1] == (byte)'u'
            && ushort.TryParse(text[2..EscapeLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
        unit = (char)value;
        return isUnit;
    }
}
