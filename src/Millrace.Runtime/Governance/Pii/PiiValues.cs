namespace Millrace.Runtime.Governance;

/// <summary>What values of personal data look like; where they carry a check sum, it has to be right.</summary>
internal static class PiiValues
{
    /// <summary>ISO 13616: two letters, two check digits, 11 to 30 letters and digits whose number is 1 modulo 97.</summary>
    public static bool IsIban(string text)
    {
        string iban = text.Replace(" ", "", StringComparison.Ordinal);
        if (iban.Length is < 15 or > 34 || !char.IsAsciiLetterUpper(iban[0]) || !char.IsAsciiLetterUpper(iban[1]) || !char.IsAsciiDigit(iban[2]) || !char.IsAsciiDigit(iban[3]))
        {
            return false;
        }

        int rest = 0;
        foreach (char c in iban[4..] + iban[..4])
        {
            if (!char.IsAsciiDigit(c) && !char.IsAsciiLetterUpper(c))
            {
                return false;
            }

            rest = char.IsAsciiDigit(c) ? ((rest * 10) + (c - '0')) % 97 : ((rest * 100) + (c - 'A' + 10)) % 97;
        }

        return rest == 1;
    }

    /// <summary>ISO 7812: 13 to 19 digits, perhaps in groups, of an issuer that there is, with Luhn's check digit.</summary>
    public static bool IsCardNumber(string text)
    {
        string digits = Digits(text, " -");
        if (digits.Length is < 13 or > 19 || digits.Distinct().Count() < 2)
        {
            return false;
        }

        bool isKnown = digits[0] is '4' or '6' || (digits[0] == '5' && digits[1] is >= '1' and <= '5') || (digits[0] == '2' && digits[1] is >= '2' and <= '7')
            || digits.StartsWith("34", StringComparison.Ordinal) || digits.StartsWith("37", StringComparison.Ordinal) || digits.StartsWith("30", StringComparison.Ordinal)
            || digits.StartsWith("35", StringComparison.Ordinal) || digits.StartsWith("36", StringComparison.Ordinal) || digits.StartsWith("38", StringComparison.Ordinal);
        return isKnown && IsLuhn(digits);
    }

    /// <summary>E.164 with its plus, or digits in groups as people write them: 7 to 15 digits.</summary>
    public static bool IsPhone(string text)
    {
        string trimmed = text.Trim();
        int digits = trimmed.Count(char.IsAsciiDigit);
        if (digits is < 7 or > 15 || !trimmed.All(c => char.IsAsciiDigit(c) || "+-./() ".Contains(c, StringComparison.Ordinal)) || trimmed.LastIndexOf('+') > 0)
        {
            return false;
        }

        // Dates and decimals have separators, too.
        return trimmed[0] == '+' || trimmed[0] == '0' || trimmed[0] == '(' || (digits >= 10 && trimmed.Any(c => c is ' ' or '-' or '(') && !DateTime.TryParse(trimmed, System.Globalization.CultureInfo.InvariantCulture, out _));
    }

    /// <summary>A number that a state gives its people, of a form with a check sum; the American one, which has none, by its groups.</summary>
    public static bool IsNationalId(string text)
        => IsSsn(text) || IsItalian(text) || IsSpanish(text) || IsFrench(text) || IsDutch(text) || IsPolish(text) || IsBrazilian(text) || IsGermanTaxId(text);

    private static bool IsSsn(string text)
        => text.Length == 11 && text[3] == '-' && text[6] == '-' && Digits(text, "-") is { Length: 9 } d
            && !d.StartsWith("000", StringComparison.Ordinal) && !d.StartsWith("666", StringComparison.Ordinal) && d[0] != '9' && d[3..5] != "00" && d[5..] != "0000";

    // Codice fiscale: 15 characters and a letter that checks them.
    private static bool IsItalian(string text)
    {
        const string odd = "BAKPLCQDREVOSFTGUHMINJWZYX";
        string code = text.ToUpperInvariant();
        if (code.Length != 16 || !code.All(char.IsAsciiLetterOrDigit) || !code[..6].All(char.IsAsciiLetterUpper) || !char.IsAsciiLetterUpper(code[15]))
        {
            return false;
        }

        int sum = 0;
        for (int i = 0; i < 15; i++)
        {
            int value = char.IsAsciiDigit(code[i]) ? code[i] - '0' : code[i] - 'A';
            sum += i % 2 == 0 ? odd.IndexOf((char)('A' + value), StringComparison.Ordinal) : value;
        }

        return code[15] == 'A' + (sum % 26);
    }

    private static bool IsSpanish(string text)
    {
        const string letters = "TRWAGMYFPDXBNJZSQVHLCKE";
        string code = text.ToUpperInvariant().Replace("-", "", StringComparison.Ordinal);
        if (code.Length != 9 || !char.IsAsciiLetterUpper(code[8]))
        {
            return false;
        }

        string digits = code[0] is 'X' or 'Y' or 'Z' ? (char)('0' + (code[0] - 'X')) + code[1..8] : code[..8];
        return digits.All(char.IsAsciiDigit) && letters[int.Parse(digits, System.Globalization.CultureInfo.InvariantCulture) % 23] == code[8];
    }

    private static bool IsFrench(string text)
    {
        string digits = Digits(text, " ");
        return digits.Length == 15 && digits[0] is '1' or '2' && digits.Length == 15
            && 97 - (long.Parse(digits[..13], System.Globalization.CultureInfo.InvariantCulture) % 97) == int.Parse(digits[13..], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static bool IsDutch(string text)
        => text.Length == 9 && Digits(text, "") is { Length: 9 } d && Weighted(d, [9, 8, 7, 6, 5, 4, 3, 2, -1]) is > 0 and var sum && sum % 11 == 0;

    private static bool IsPolish(string text)
        => text.Length == 11 && Digits(text, "") is { Length: 11 } d && (10 - (Weighted(d, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10 == d[10] - '0' && IsMonth(d[2..4]);

    private static bool IsBrazilian(string text)
    {
        string d = Digits(text, ".-");
        if (d.Length != 11 || d.Distinct().Count() == 1 || text.Length == 11)
        {
            return false;
        }

        int first = Weighted(d, [10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10;
        int second = Weighted(d, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10;
        return first == d[9] - '0' && second == d[10] - '0';
    }

    // ISO 7064 mod 11,10; one digit of the first ten is there twice or thrice.
    private static bool IsGermanTaxId(string text)
    {
        string d = Digits(text, " ");
        if (d.Length != 11 || d[0] == '0' || d[..10].Distinct().Count() is < 8 or > 9)
        {
            return false;
        }

        int product = 10;
        foreach (char c in d[..10])
        {
            int sum = (c - '0' + product) % 10;
            product = (sum == 0 ? 10 : sum) * 2 % 11;
        }

        return (11 - product) % 10 == d[10] - '0';
    }

    // The month of PESEL carries the century.
    private static bool IsMonth(string digits) => int.Parse(digits, System.Globalization.CultureInfo.InvariantCulture) % 20 is >= 1 and <= 12;

    private static int Weighted(string digits, ReadOnlySpan<int> weights)
    {
        int sum = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            sum += (digits[i] - '0') * weights[i];
        }

        return sum;
    }

    private static bool IsLuhn(string digits)
    {
        int sum = 0;
        for (int i = 0; i < digits.Length; i++)
        {
            int value = digits[^(i + 1)] - '0';
            sum += i % 2 == 0 ? value : value > 4 ? (value * 2) - 9 : value * 2;
        }

        return sum % 10 == 0;
    }

    // The digits of a text that has nothing else but separators; empty if it has.
    private static string Digits(string text, string separators)
        => text.All(c => char.IsAsciiDigit(c) || separators.Contains(c, StringComparison.Ordinal)) ? string.Concat(text.Where(char.IsAsciiDigit)) : "";
}
