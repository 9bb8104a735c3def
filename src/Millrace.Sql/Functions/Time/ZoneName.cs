using System.Globalization;
using System.Text;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>
/// The time zone that the rows of a call name: an IANA name, UTC, or an offset such as <c>+02:00</c>, which is ahead of UTC.
/// Looked up again only when the name changes.
/// </summary>
internal sealed class ZoneName
{
    private byte[]? _name;
    private TimeZoneInfo? _zone;

    public TimeZoneInfo? Find(ReadOnlySpan<byte> name)
    {
        if (_name is null || !name.SequenceEqual(_name))
        {
            _name = name.ToArray();
            _zone = Parse(Encoding.UTF8.GetString(name));
        }

        return _zone;
    }

    public bool Fails(int row, ReadOnlySpan<byte> name, RowFaults faults)
    {
        faults.Add(row, FunctionErrors.TimeZoneCode, $"The time zone {FunctionErrors.Show(name)} is not known.");
        return false;
    }

    private static TimeZoneInfo? Parse(string name)
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
        return plain && TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? zone) ? zone : null;
    }
}
