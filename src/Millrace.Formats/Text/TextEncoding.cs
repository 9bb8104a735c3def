namespace Millrace.Formats.Text;

/// <summary>Encodings of text files that are read. Inside, text is always UTF-8.</summary>
public enum TextEncoding
{
    Utf8,
    Utf16Le,
    Utf16Be,
    Latin1,
    Windows1252,
}

/// <summary>Names of encodings and how one is told from the first bytes of a file.</summary>
public static class TextEncodings
{
    /// <summary>Bytes that <see cref="Detect"/> looks at.</summary>
    public const int HeadSize = 512;

    private static readonly (TextEncoding Encoding, string[] Names)[] Known =
    [
        (TextEncoding.Utf8, ["utf-8", "utf8", "ascii", "us-ascii"]),
        (TextEncoding.Utf16Le, ["utf-16le", "utf-16", "utf16le", "utf16", "ucs-2", "unicode"]),
        (TextEncoding.Utf16Be, ["utf-16be", "utf16be"]),
        (TextEncoding.Latin1, ["latin-1", "latin1", "iso-8859-1", "iso8859-1"]),
        (TextEncoding.Windows1252, ["windows-1252", "windows1252", "cp1252", "ansi"]),
    ];

    /// <summary>The canonical name.</summary>
    public static string Name(TextEncoding encoding) => Known[(int)encoding].Names[0];

    public static bool TryParse(string name, out TextEncoding encoding)
    {
        string plain = name.Trim().Replace('_', '-');
        foreach ((TextEncoding known, string[] names) in Known)
        {
            if (names.Contains(plain, StringComparer.OrdinalIgnoreCase))
            {
                encoding = known;
                return true;
            }
        }

        encoding = default;
        return false;
    }

    /// <summary>The encoding of a name; an error with the nearest one if it is not known.</summary>
    public static TextEncoding Parse(string name)
        => TryParse(name, out TextEncoding encoding) ? encoding : throw TextErrors.UnknownEncoding(name, Known.Select(k => k.Names[0]));

    /// <summary>Length of the byte order mark that a text of this encoding begins with, 0 if it has none.</summary>
    public static int MarkLength(TextEncoding encoding, ReadOnlySpan<byte> head) => encoding switch
    {
        TextEncoding.Utf8 when head.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) => 3,
        TextEncoding.Utf16Le when head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) => 2,
        TextEncoding.Utf16Be when head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) => 2,
        _ => 0,
    };

    /// <summary>
    /// The encoding by byte order mark, else UTF-16 by the zero bytes that Latin letters have in it, else UTF-8. Single-byte
    /// encodings look like damaged UTF-8 and are never guessed.
    /// </summary>
    public static TextEncoding Detect(ReadOnlySpan<byte> head)
    {
        foreach (TextEncoding encoding in (ReadOnlySpan<TextEncoding>)[TextEncoding.Utf8, TextEncoding.Utf16Le, TextEncoding.Utf16Be])
        {
            if (MarkLength(encoding, head) > 0)
            {
                return encoding;
            }
        }

        int pairs = Math.Min(head.Length, HeadSize) / 2;
        int zerosFirst = 0;
        int zerosSecond = 0;
        for (int i = 0; i < pairs; i++)
        {
            zerosFirst += head[2 * i] == 0 ? 1 : 0;
            zerosSecond += head[(2 * i) + 1] == 0 ? 1 : 0;
        }

        // Half of the characters below U+0100 on one side and hardly a zero on the other does not happen in UTF-8.
        return pairs >= 2 && zerosSecond * 2 >= pairs && zerosFirst * 8 <= zerosSecond ? TextEncoding.Utf16Le
            : pairs >= 2 && zerosFirst * 2 >= pairs && zerosSecond * 8 <= zerosFirst ? TextEncoding.Utf16Be
            : TextEncoding.Utf8;
    }
}
