using System.Text;

namespace Millrace.Sql.Functions;

/// <summary>The parts of dates and times that can be asked for, and at which they can be cut.</summary>
internal enum TimeField
{
    Microsecond,
    Millisecond,
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
    Decade,
    Century,
    Millennium,
    DayOfWeek,
    IsoDayOfWeek,
    DayOfYear,
    IsoYear,
    Julian,
    Epoch,
    Timezone,
    TimezoneHour,
    TimezoneMinute,
}

/// <summary>The names of the parts.</summary>
internal static class TimeFields
{
    private static readonly Dictionary<string, TimeField> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["microsecond"] = TimeField.Microsecond,
        ["us"] = TimeField.Microsecond,
        ["usec"] = TimeField.Microsecond,
        ["millisecond"] = TimeField.Millisecond,
        ["ms"] = TimeField.Millisecond,
        ["msec"] = TimeField.Millisecond,
        ["second"] = TimeField.Second,
        ["sec"] = TimeField.Second,
        ["s"] = TimeField.Second,
        ["minute"] = TimeField.Minute,
        ["min"] = TimeField.Minute,
        ["hour"] = TimeField.Hour,
        ["hr"] = TimeField.Hour,
        ["h"] = TimeField.Hour,
        ["day"] = TimeField.Day,
        ["d"] = TimeField.Day,
        ["dayofmonth"] = TimeField.Day,
        ["week"] = TimeField.Week,
        ["w"] = TimeField.Week,
        ["month"] = TimeField.Month,
        ["mon"] = TimeField.Month,
        ["quarter"] = TimeField.Quarter,
        ["q"] = TimeField.Quarter,
        ["year"] = TimeField.Year,
        ["yr"] = TimeField.Year,
        ["y"] = TimeField.Year,
        ["decade"] = TimeField.Decade,
        ["century"] = TimeField.Century,
        ["centuries"] = TimeField.Century,
        ["millennium"] = TimeField.Millennium,
        ["millennia"] = TimeField.Millennium,
        ["dow"] = TimeField.DayOfWeek,
        ["dayofweek"] = TimeField.DayOfWeek,
        ["weekday"] = TimeField.DayOfWeek,
        ["isodow"] = TimeField.IsoDayOfWeek,
        ["doy"] = TimeField.DayOfYear,
        ["dayofyear"] = TimeField.DayOfYear,
        ["isoyear"] = TimeField.IsoYear,
        ["julian"] = TimeField.Julian,
        ["epoch"] = TimeField.Epoch,
        ["timezone"] = TimeField.Timezone,
        ["timezone_hour"] = TimeField.TimezoneHour,
        ["timezone_minute"] = TimeField.TimezoneMinute,
    };

    /// <summary>Parts have plurals: <c>days</c>.</summary>
    public static bool TryParse(string name, out TimeField field)
        => Names.TryGetValue(name, out field) || (name.EndsWith('s') && name.Length > 3 && Names.TryGetValue(name[..^1], out field));

    /// <summary>Whether the values of a part are whole numbers.</summary>
    public static bool IsWhole(TimeField field) => field is not (TimeField.Second or TimeField.Millisecond or TimeField.Epoch or TimeField.Julian);
}

/// <summary>The part that the rows of a call name; looked up again only when the name changes.</summary>
internal sealed class FieldName
{
    private byte[] _name = [];
    private bool _known;
    private TimeField _field;

    public bool TryFind(ReadOnlySpan<byte> name, out TimeField field)
    {
        if (!name.SequenceEqual(_name))
        {
            _name = name.ToArray();
            _known = TimeFields.TryParse(Encoding.UTF8.GetString(name), out _field);
        }

        field = _field;
        return _known;
    }
}
