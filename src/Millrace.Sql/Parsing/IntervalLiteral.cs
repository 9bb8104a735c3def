using System.Globalization;
using System.Text;
using Millrace.Columnar;

namespace Millrace.Sql.Parsing;

/// <summary>Units of intervals, the longest first.</summary>
internal enum IntervalUnit
{
    Millennium,
    Century,
    Decade,
    Year,
    Quarter,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
    Microsecond,
    Nanosecond,
}

/// <summary>
/// Reads intervals in the spellings of PostgreSQL: units (<c>1 year 2 mons -3 days</c>, <c>1h30m</c>, <c>2 hours ago</c>), clock times
/// (<c>3 04:05:06.7</c>), years and months (<c>1-2</c>), and ISO 8601. Fractions go over to the next smaller part, a month
/// having 30 days and a day 24 hours.
/// </summary>
internal static class IntervalLiteral
{
    private const int MaxLength = 200;

    private static readonly Dictionary<string, IntervalUnit>.AlternateLookup<ReadOnlySpan<char>> Units = MakeUnits().GetAlternateLookup<ReadOnlySpan<char>>();

    public static bool TryUnit(ReadOnlySpan<char> name, out IntervalUnit unit) => Units.TryGetValue(name, out unit);

    /// <summary>Reads an interval.</summary>
    /// <param name="text">The text between the quotes.</param>
    /// <param name="from">The unit behind the quotes: that of a number without one.</param>
    /// <param name="to">The unit behind <c>TO</c>.</param>
    /// <param name="value">The interval.</param>
    /// <param name="problem">What is wrong with it.</param>
    public static bool TryParse(string text, IntervalUnit? from, IntervalUnit? to, out Interval value, out string? problem)
    {
        value = default;
        problem = "it has no number";
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        if (rest.Length is 0 or > MaxLength)
        {
            return false;
        }

        var sum = new IntervalSum();
        if (rest[0] is 'P' or 'p' || (rest[0] == '-' && rest.Length > 1 && rest[1] is 'P' or 'p'))
        {
            problem = "it does not follow ISO 8601";
            return IntervalText.TryParse(Encoding.UTF8.GetBytes(rest.ToString().ToUpperInvariant()), out value);
        }

        if (rest[0] == '@')
        {
            rest = rest[1..].TrimStart();
        }

        bool ago = rest.EndsWith("ago", StringComparison.OrdinalIgnoreCase);
        if (ago)
        {
            rest = rest[..^3].TrimEnd();
        }

        for (bool any = false; rest.Length > 0 || !any; any = true)
        {
            if (!ReadPart(ref rest, from, to, sum, out problem))
            {
                return false;
            }

            rest = rest.TrimStart(" ,\t\n\r");
        }

        return sum.TryFinish(ago, out value, out problem);
    }

    private static bool ReadPart(ref ReadOnlySpan<char> rest, IntervalUnit? from, IntervalUnit? to, IntervalSum sum, out string? problem)
    {
        int end = rest.Length > 0 && rest[0] is '+' or '-' ? 1 : 0;
        bool negative = end > 0 && rest[0] == '-';
        int start = end;
        while (end < rest.Length && (char.IsAsciiDigit(rest[end]) || rest[end] is '.' or ':' or '-'))
        {
            end++;
        }

        ReadOnlySpan<char> number = rest[start..end];
        rest = rest[end..].TrimStart();
        if (number.Contains(':'))
        {
            problem = "a time of the clock is hours:minutes[:seconds]";
            return ReadClock(number, negative, from, to, sum);
        }

        if (number.Contains('-'))
        {
            problem = "years and months are written years-months";
            int dash = number.IndexOf('-');
            return TryNumber(number[..dash], out decimal years) && TryNumber(number[(dash + 1)..], out decimal months) && years % 1 == 0 && months % 1 == 0 && months < 12
                && sum.Add(IntervalUnit.Year, negative ? -years : years) && sum.Add(IntervalUnit.Month, negative ? -months : months);
        }

        problem = number.Length == 0 ? $"a number is missing before '{rest}'" : $"'{number}' is not a number of at most 18 digits";
        if (!TryNumber(number, out decimal value))
        {
            return false;
        }

        IntervalUnit? unit = ReadUnit(ref rest, out problem);
        if (problem is not null)
        {
            return false;
        }

        // A number before a time of the clock counts days: '3 04:05:06'.
        unit ??= rest.Length > 0 && rest.Contains(':') ? IntervalUnit.Day : to ?? from ?? IntervalUnit.Second;
        problem = "it is too long";
        return sum.Add(unit.Value, negative ? -value : value);
    }

    private static IntervalUnit? ReadUnit(ref ReadOnlySpan<char> rest, out string? problem)
    {
        problem = null;
        int end = 0;
        while (end < rest.Length && (char.IsLetter(rest[end]) || rest[end] == 'µ'))
        {
            end++;
        }

        if (end == 0)
        {
            return null;
        }

        ReadOnlySpan<char> name = rest[..end];
        rest = rest[end..];
        if (Units.TryGetValue(name, out IntervalUnit unit))
        {
            return unit;
        }

        problem = $"'{name}' is not a unit of time{NearestName.Suggest(name.ToString(), Units.Dictionary.Keys)}";
        return null;
    }

    // Two parts are hours and minutes, unless the units behind the quotes say minutes and seconds.
    private static bool ReadClock(ReadOnlySpan<char> text, bool negative, IntervalUnit? from, IntervalUnit? to, IntervalSum sum)
    {
        Span<Range> parts = stackalloc Range[4];
        int count = text.Split(parts, ':');
        bool seconds = count == 2 && from == IntervalUnit.Minute && to == IntervalUnit.Second;
        IntervalUnit unit = seconds || text[parts[1]].Contains('.') ? IntervalUnit.Minute : IntervalUnit.Hour;
        if (count > 3 || (count == 3 && unit == IntervalUnit.Minute))
        {
            return false;
        }

        for (int i = 0; i < count; i++, unit++)
        {
            if (!TryNumber(text[parts[i]], out decimal value) || (value % 1 != 0 && unit != IntervalUnit.Second) || (i > 0 && value >= 60)
                || !sum.Add(unit, negative ? -value : value))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out decimal value)
    {
        value = 0;
        int point = text.IndexOf('.');
        int whole = point < 0 ? text.Length : point;
        return whole <= 18 && text.Length - whole <= 10 && text.IndexOfAnyInRange('0', '9') >= 0
            && decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value);
    }

    private static Dictionary<string, IntervalUnit> MakeUnits()
    {
        var units = new Dictionary<string, IntervalUnit>(StringComparer.OrdinalIgnoreCase);
        Add(IntervalUnit.Millennium, "millennium", "millenniums", "millennia", "mil", "mils");
        Add(IntervalUnit.Century, "century", "centuries", "cent", "c");
        Add(IntervalUnit.Decade, "decade", "decades", "dec", "decs");
        Add(IntervalUnit.Year, "year", "years", "yr", "yrs", "y");
        Add(IntervalUnit.Quarter, "quarter", "quarters", "qtr");
        Add(IntervalUnit.Month, "month", "months", "mon", "mons");
        Add(IntervalUnit.Week, "week", "weeks", "w");
        Add(IntervalUnit.Day, "day", "days", "d");
        Add(IntervalUnit.Hour, "hour", "hours", "hr", "hrs", "h");
        Add(IntervalUnit.Minute, "minute", "minutes", "min", "mins", "m");
        Add(IntervalUnit.Second, "second", "seconds", "sec", "secs", "s");
        Add(IntervalUnit.Millisecond, "millisecond", "milliseconds", "msec", "msecs", "ms");
        Add(IntervalUnit.Microsecond, "microsecond", "microseconds", "usec", "usecs", "us", "µs");
        Add(IntervalUnit.Nanosecond, "nanosecond", "nanoseconds", "nsec", "ns");
        return units;

        void Add(IntervalUnit unit, params ReadOnlySpan<string> names)
        {
            foreach (string name in names)
            {
                units.Add(name, unit);
            }
        }
    }
}
