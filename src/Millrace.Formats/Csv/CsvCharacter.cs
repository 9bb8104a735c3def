namespace Millrace.Formats.Csv;

/// <summary>Reads options that name one character.</summary>
internal static class CsvCharacter
{
    /// <summary>Stands for a character that the dialect does not have.</summary>
    public const int None = -1;

    public static bool TryParse(string text, out int character)
    {
        character = text.ToLowerInvariant() switch
        {
            "" or "none" => None,
            "tab" or "\\t" => '\t',
            "comma" => ',',
            "semicolon" => ';',
            "pipe" => '|',
            "space" => ' ',
            _ => text.Length == 1 && text[0] < 0x80 && text[0] is not ('\r' or '\n' or '\0') ? text[0] : int.MinValue,
        };
        return character != int.MinValue;
    }

    /// <summary>The character of an option that was validated.</summary>
    public static int Parse(string? text, int absent) => text is not null && TryParse(text, out int character) ? character : absent;

    /// <summary>The text that reads back as the character.</summary>
    public static string Format(int character) => character switch
    {
        None => "none",
        '\t' => "tab",
        _ => ((char)character).ToString(),
    };
}
