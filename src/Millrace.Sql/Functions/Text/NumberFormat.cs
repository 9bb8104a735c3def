using System.Text;

namespace Millrace.Sql.Functions;

/// <summary>A format of numbers as PostgreSQL's <c>to_char</c> has them: <c>9,999.00</c>, <c>FM999.9</c>, <c>999MI</c>. Read once, used for many rows.</summary>
internal sealed class NumberFormat
{
    private const int MaxDigits = 200;

    private readonly List<(Part Kind, string Text)> _parts = [];
    private readonly int _firstZero;
    private readonly int _lastZero = -1;
    private readonly bool _fills;
    private readonly bool _hasSign;
    private readonly bool _angles;
    private readonly bool _plus;

    // S in front of the digits moves to the first one that is written.
    private readonly bool _signLeads;

    private enum Part
    {
        Digit,
        Point,
        Group,
        Text,
        Sign,
        Minus,
        Plus,
        Either,
        Angle,
        Ordinal,
    }

    private NumberFormat(string format)
    {
        _firstZero = int.MaxValue;
        bool behindPoint = false;
        for (int i = 0; i < format.Length; i++)
        {
            string two = i + 1 < format.Length ? format.Substring(i, 2).ToUpperInvariant() : "";
            switch (char.ToUpperInvariant(format[i]))
            {
                case '9' or '0':
                    bool zero = format[i] == '0';
                    if (behindPoint)
                    {
                        _lastZero = zero ? Fraction : _lastZero;
                        Fraction++;
                    }
                    else
                    {
                        _firstZero = zero ? Math.Min(_firstZero, Whole) : _firstZero;
                        Whole++;
                    }

                    _parts.Add((Part.Digit, zero ? "0" : "9"));
                    break;
                case '.' or 'D':
                    Fault ??= behindPoint ? "has two decimal points" : null;
                    behindPoint = true;
                    _parts.Add((Part.Point, "."));
                    break;
                case ',' or 'G':
                    _parts.Add((Part.Group, ","));
                    break;
                case 'S' when two != "SG":
                    _parts.Add((Part.Sign, ""));
                    _hasSign = true;
                    break;
                case '"':
                    int end = format.IndexOf('"', i + 1);
                    Fault ??= end < 0 ? "has a quote without an end" : null;
                    end = end < 0 ? format.Length : end;
                    _parts.Add((Part.Text, format[(i + 1)..end]));
                    i = end;
                    break;
                default:
                    if (two is "FM" or "MI" or "PL" or "SG" or "PR" or "TH")
                    {
                        _fills |= two == "FM";
                        _angles |= two == "PR";
                        _hasSign |= two is "MI" or "SG" or "PR";
                        if (two != "FM")
                        {
                            _plus |= two == "PL";
                            _parts.Add((two switch { "MI" => Part.Minus, "PL" => Part.Plus, "SG" => Part.Either, "PR" => Part.Angle, _ => Part.Ordinal }, format[i] == 't' ? "t" : "T"));
                        }

                        i++;
                    }
                    else if (two is "RN" or "EE" || char.ToUpperInvariant(format[i]) == 'V')
                    {
                        Fault ??= $"has '{format[i]}', which Millrace does not know";
                    }
                    else
                    {
                        _parts.Add((Part.Text, format[i].ToString()));
                    }

                    break;
            }
        }

        Fault ??= Whole + Fraction == 0 ? "has no digits: 9 or 0" : Whole + Fraction > MaxDigits ? $"has more than {MaxDigits} digits" : null;
        _signLeads = _parts.FindIndex(p => p.Kind == Part.Sign) is var sign and >= 0 && sign < _parts.FindIndex(p => p.Kind is Part.Digit or Part.Point);
    }

    /// <summary>Digits before the point.</summary>
    public int Whole { get; }

    /// <summary>Digits behind the point, to which numbers are rounded.</summary>
    public int Fraction { get; }

    /// <summary>What is wrong with it; null for nothing.</summary>
    public string? Fault { get; }

    public static NumberFormat Parse(string format) => new(format);

    /// <summary>Writes a number.</summary>
    /// <param name="negative">Whether it is below zero.</param>
    /// <param name="digits">The digits of the rounded number, those behind the point last; null where there are none, as of NaN.</param>
    public string Write(bool negative, string? digits)
    {
        string whole = "", fraction = "";
        bool fits = digits is not null;
        if (digits is not null)
        {
            digits = digits.PadLeft(Fraction + 1, '0');
            whole = digits[..^Fraction].TrimStart('0');
            fraction = digits[^Fraction..];
            fits = whole.Length <= Whole;
            negative &= digits.AsSpan().IndexOfAnyExcept('0') >= 0;

            // A zero before the point is only written where the format asks for one, or there is nothing else.
            whole = whole.Length == 0 && Fraction == 0 ? "0" : whole;
        }

        if (!fits)
        {
            (whole, fraction) = (new string('#', Whole), new string('#', Fraction));
        }

        int kept = !_fills || !fits ? Fraction : Math.Max(_lastZero, fraction.AsSpan().LastIndexOfAnyExcept('0')) + 1;
        if (_fills && whole.Length == 0 && kept == 0)
        {
            whole = "0";
        }

        var text = new StringBuilder();
        bool begun = false;
        int at = 0;
        void Begin()
        {
            if (!begun)
            {
                begun = true;
                if (_plus && !negative)
                {
                    return;
                }

                bool leading = !_hasSign || _angles || _signLeads;
                string sign = _signLeads ? (negative ? "-" : "+") : _angles ? (negative ? "<" : _fills ? "" : " ") : negative ? "-" : _fills ? "" : " ";
                text.Append(leading ? sign : "");
            }
        }

        foreach ((Part kind, string part) in _parts)
        {
            switch (kind)
            {
                case Part.Digit when at < Whole:
                    int digit = at - (Whole - whole.Length);
                    if (digit >= 0 || at >= _firstZero)
                    {
                        Begin();
                        text.Append(digit >= 0 ? whole[digit] : '0');
                    }
                    else
                    {
                        text.Append(_fills ? "" : " ");
                    }

                    at++;
                    break;
                case Part.Digit:
                    if (at - Whole < kept)
                    {
                        Begin();
                        text.Append(fraction[at - Whole]);
                    }

                    at++;
                    break;
                case Part.Point:
                    Begin();
                    text.Append('.');
                    break;
                case Part.Group:
                    text.Append(begun ? "," : _fills ? "" : " ");
                    break;
                case Part.Sign when !_signLeads:
                    text.Append(negative ? '-' : '+');
                    break;
                case Part.Minus:
                    text.Append(negative ? "-" : _fills ? "" : " ");
                    break;
                case Part.Plus:
                    text.Append(!negative ? "+" : _fills ? "" : " ");
                    break;
                case Part.Either:
                    text.Append(negative ? '-' : '+');
                    break;
                case Part.Angle:
                    text.Append(negative ? ">" : _fills ? "" : " ");
                    break;
                case Part.Ordinal when fits && !negative && Fraction == 0:
                    text.Append(part == "t" ? Ordinal(whole) : Ordinal(whole).ToUpperInvariant());
                    break;
                case Part.Text:
                    text.Append(part);
                    break;
            }
        }

        return text.ToString();
    }

    private static string Ordinal(string digits)
        => digits.EndsWith("11", StringComparison.Ordinal) || digits.EndsWith("12", StringComparison.Ordinal) || digits.EndsWith("13", StringComparison.Ordinal)
            ? "th"
            : digits[^1] switch { '1' => "st", '2' => "nd", '3' => "rd", _ => "th" };
}
