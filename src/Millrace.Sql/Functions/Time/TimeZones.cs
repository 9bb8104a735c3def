using System.Globalization;

namespace Millrace.Sql.Functions;

/// <summary>Time zones by their names: IANA's in any case, UTC, and offsets such as <c>+02:00</c>, which are ahead of UTC.</summary>
public static class TimeZones
{
    /// <summary>Names that a system knows, for messages.</summary>
    public static IEnumerable<string> Names => TimeZoneInfo.GetSystemTimeZones().Select(z => z.Id);

    /// <summary>The zone of a name; null if there is none.</summary>
    public static TimeZoneInfo? Find(string name)
    {
        if (name.Equals("UTC", StringComparison.OrdinalIgnoreCase) || name.Equals("GMT", StringComparison.OrdinalIgnoreCase) || name.Equals("Z", StringComparison.OrdinalIgnoreCase))
        {
            return TimeZoneInfo.Utc;
        }

        if (name.Length > 1 && name[0] is '+' or '-')
        {
            string digits = name[1..].Replace(":", "", StringComparison.Ordinal);
            if (digits.Length is not (1 or 2 or 4) || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                return null;
            }

            int minutes = digits.Length == 4 ? (number / 100 * 60) + (number % 100) : number * 60;
            return minutes > 14 * 60 || (digits.Length == 4 && number % 100 > 59)
                ? null
                : TimeZoneInfo.CreateCustomTimeZone(name, TimeSpan.FromMinutes(name[0] == '-' ? -minutes : minutes), name, name);
        }

        // A name is a path below the system's zones: nothing but letters and the like may lead there.
        bool plain = name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '+') && name[0] != '/';
        return !plain ? null
            : TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? zone) ? zone
            : TimeZoneInfo.GetSystemTimeZones().FirstOrDefault(z => z.Id.Equals(name, StringComparison.OrdinalIgnoreCase));
    }
}
