namespace Millrace.Formats.Csv;

/// <summary>The characters that give a CSV file its structure. <see cref="CsvCharacter.None"/> stands for one it does not have.</summary>
internal readonly record struct CsvDialect
{
    public required byte Delimiter { get; init; }

    public required int Quote { get; init; }

    /// <summary>Makes the next character literal, besides a doubled quote.</summary>
    public int Escape { get; init; }

    public int Comment { get; init; }

    /// <summary>Spaces around a field do not belong to it.</summary>
    public bool Trim { get; init; }

    public CsvDialect()
    {
        Escape = CsvCharacter.None;
        Comment = CsvCharacter.None;
    }

    public bool HasQuote => Quote >= 0;

    /// <summary>The dialect of options, with the usual characters where nothing is said.</summary>
    public static CsvDialect Of(CsvOptions options)
    {
        int quote = CsvCharacter.Parse(options.Quote, '"');
        int escape = CsvCharacter.Parse(options.Escape, CsvCharacter.None);
        int delimiter = CsvCharacter.Parse(options.Delimiter, ',');
        return new CsvDialect
        {
            // A file of one column is read with a character that never structures one.
            Delimiter = (byte)(delimiter < 0 ? '\n' : delimiter),
            Quote = quote,
            Escape = escape == quote ? CsvCharacter.None : escape,
            Comment = CsvCharacter.Parse(options.Comment, CsvCharacter.None),
            Trim = options.Trim,
        };
    }

    /// <summary>A sentence about characters that exclude each other, or null.</summary>
    public string? FindClash()
    {
        (string Name, int Character)[] all = [("delimiter", Delimiter), ("quote", Quote), ("escape", Escape), ("comment", Comment)];
        for (int i = 0; i < all.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (all[i].Character >= 0 && all[i].Character == all[j].Character)
                {
                    return $"The options '{all[j].Name}' and '{all[i].Name}' are the same character.";
                }
            }
        }

        return Trim && Delimiter == ' ' ? "The option 'trim' makes no sense with a space as delimiter." : null;
    }
}
