using Millrace.Columnar;

namespace Millrace.Formats.Json;

/// <summary>What the texts of one place have in common, and the type that holds them.</summary>
internal struct TextShape
{
    private const int MaxInstantLength = 40;
    private const int MinDateLength = 10;

    private bool _other;
    private bool _dates;
    private bool _instants;
    private bool _locals;
    private TimeUnit _unit;

    public static TextShape Of(DataType type) => type.Id switch
    {
        TypeId.Date => new TextShape { _dates = true },
        TypeId.Timestamp => new TextShape { _instants = type.TimeZone is not null, _locals = type.TimeZone is null, _unit = type.Unit },
        _ => new TextShape { _other = true },
    };

    /// <summary>Some text is neither a date nor a time, so further ones change nothing.</summary>
    public readonly bool IsPlain => _other;

    public void Add(ReadOnlySpan<byte> text)
    {
        if (_other)
        {
            return;
        }

        if (text.Length is < MinDateLength or > MaxInstantLength || text[0] - (uint)'0' > 9)
        {
            _other = true;
        }
        else if (DateText.TryParse(text, out _))
        {
            _dates = true;
        }
        else if (TimestampText.TryParse(text, TimeUnit.Microsecond, instant: true, out _, out bool zone))
        {
            _instants |= zone;
            _locals |= !zone;
            int digits = JsonInstant.FractionDigits(text);
            TimeUnit unit = digits > TimeUnit.Microsecond.Digits() ? TimeUnit.Nanosecond : TimeUnit.Microsecond;
            _unit = unit > _unit ? unit : _unit;
            _other |= digits > TimeUnit.Nanosecond.Digits() || (unit == TimeUnit.Nanosecond && !TimestampText.TryParse(text, unit, instant: true, out _, out _));
        }
        else
        {
            _other = true;
        }
    }

    public readonly DataType ToType(bool dates)
    {
        bool mixed = _instants && (_locals || _dates);
        if (_other || mixed || !dates)
        {
            return DataType.Utf8;
        }

        return _instants ? DataType.Timestamp(_unit, "UTC") : _locals ? DataType.Timestamp(_unit) : DataType.Date;
    }
}
