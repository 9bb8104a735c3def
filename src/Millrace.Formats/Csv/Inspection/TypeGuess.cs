using Millrace.Columnar;

namespace Millrace.Formats.Csv;

/// <summary>Finds the narrowest type that holds all values of a column that were shown to it.</summary>
internal sealed class TypeGuess
{
    private const int ExactDoubleDigits = 15;
    private const int MicrosecondDigits = 6;

    private readonly byte _point;
    private readonly int _group;
    private readonly bool _inferDecimals;
    private readonly DatePatterns _dates;
    private readonly DatePatterns _timestamps;
    private Kinds _kinds = Kinds.All;
    private bool _hasDigits;
    private bool _hasPoint;
    private bool _hasExponent;

    // Some number has digits that a double does not keep.
    private bool _isLossy;
    private int _wholeDigits;
    private int _decimals;
    private int _secondDigits;
    private bool _hasZone;
    private bool _lacksZone;

    public TypeGuess(CsvOptions options, DatePatterns dates, DatePatterns timestamps)
    {
        _point = (byte)(options.DecimalSeparator == "," ? ',' : '.');
        _group = CsvCharacter.Parse(options.ThousandsSeparator, CsvCharacter.None);
        _inferDecimals = options.InferDecimals;
        _dates = dates;
        _timestamps = timestamps;
        DateCandidates = dates.All;
        TimestampCandidates = timestamps.All;
    }

    [Flags]
    private enum Kinds
    {
        None = 0,
        Boolean = 1,
        Integer = 2,
        Number = 4,
        Date = 8,
        Time = 16,
        Timestamp = 32,
        PatternDate = 64,
        PatternTimestamp = 128,
        All = 255,
    }

    /// <summary>Values shown so far; nulls are not shown.</summary>
    public int Values { get; private set; }

    /// <summary>Patterns that all values have, if they are dates of such a form and of no other type.</summary>
    public uint DateCandidates { get; private set; }

    /// <inheritdoc cref="DateCandidates"/>
    public uint TimestampCandidates { get; private set; }

    public bool NeedsDatePattern => Values > 0 && _kinds == Kinds.PatternDate;

    public bool NeedsTimestampPattern => Values > 0 && _kinds == Kinds.PatternTimestamp;

    public TypeGuess Copy() => (TypeGuess)MemberwiseClone();

    public void Add(ReadOnlySpan<byte> value)
    {
        Values++;
        if (_kinds == Kinds.None)
        {
            return;
        }

        value = value.Trim((byte)' ');

        Kinds found = Kinds.None;
        if ((_kinds & Kinds.Boolean) != 0 && (System.Text.Ascii.EqualsIgnoreCase(value, "true"u8) || System.Text.Ascii.EqualsIgnoreCase(value, "false"u8)))
        {
            found |= Kinds.Boolean;
        }

        if ((_kinds & (Kinds.Integer | Kinds.Number)) != 0)
        {
            found |= AddNumber(value);
        }

        if ((_kinds & (Kinds.Date | Kinds.Time | Kinds.Timestamp)) != 0)
        {
            found |= AddDateTime(value);
        }

        if ((_kinds & Kinds.PatternDate) != 0 && (DateCandidates = _dates.Match(value, DateCandidates)) != 0)
        {
            found |= Kinds.PatternDate;
        }

        if ((_kinds & Kinds.PatternTimestamp) != 0 && (TimestampCandidates = _timestamps.Match(value, TimestampCandidates)) != 0)
        {
            found |= Kinds.PatternTimestamp;
        }

        _kinds &= found;
    }

    /// <summary>The type of the values shown.</summary>
    /// <param name="hasDatePattern">A form of dates was decided on, which is one of this column's candidates.</param>
    /// <param name="hasTimestampPattern">The same for timestamps.</param>
    public DataType Decide(bool hasDatePattern, bool hasTimestampPattern)
    {
        if (Values == 0)
        {
            return DataType.Utf8;
        }

        if ((_kinds & Kinds.Boolean) != 0)
        {
            return DataType.Boolean;
        }

        if ((_kinds & Kinds.Integer) != 0)
        {
            return DataType.Int64;
        }

        if ((_kinds & Kinds.Number) != 0 && _hasDigits)
        {
            return DecideNumber();
        }

        if ((_kinds & Kinds.Date) != 0 || (NeedsDatePattern && hasDatePattern))
        {
            return DataType.Date;
        }

        if ((_kinds & Kinds.Time) != 0)
        {
            return DataType.Time(Unit);
        }

        if ((_kinds & Kinds.Timestamp) != 0 && !(_hasZone && _lacksZone))
        {
            return DataType.Timestamp(Unit, _hasZone ? "UTC" : null);
        }

        return NeedsTimestampPattern && hasTimestampPattern ? DataType.Timestamp() : DataType.Utf8;
    }

    /// <summary>A type that holds what an inferred type holds and one more value.</summary>
    public static DataType Widen(DataType type, ReadOnlySpan<byte> value, CsvOptions options)
    {
        var guess = new TypeGuess(options, DatePatterns.OfDates(options.DateFormat), DatePatterns.OfTimestamps(options.TimestampFormat));
        guess.Seed(type);
        guess.Add(value);
        DataType wider = guess.Decide(options.DateFormat is not null, options.TimestampFormat is not null);
        return wider.Equals(type) ? DataType.Utf8 : wider;
    }

    private TimeUnit Unit => _secondDigits > MicrosecondDigits ? TimeUnit.Nanosecond : TimeUnit.Microsecond;

    private void Seed(DataType type)
    {
        Values = 1;
        switch (type.Id)
        {
            case TypeId.Boolean:
                _kinds = Kinds.Boolean;
                break;
            case TypeId.Int64:
                _kinds = Kinds.Integer | Kinds.Number;
                _hasDigits = true;
                break;
            case TypeId.Float64:
                _kinds = Kinds.Number;
                _hasDigits = true;
                _hasExponent = true;
                break;
            case TypeId.Decimal:
                _kinds = Kinds.Number;
                _hasDigits = true;
                _hasPoint = type.Scale > 0;
                _isLossy = true;
                _wholeDigits = type.Precision - type.Scale;
                _decimals = type.Scale;
                break;
            case TypeId.Date:
                _kinds = Kinds.Date | Kinds.Timestamp;
                _lacksZone = true;
                break;
            case TypeId.Time:
                _kinds = Kinds.Time;
                _secondDigits = type.Unit.Digits();
                break;
            case TypeId.Timestamp:
                _kinds = Kinds.Timestamp;
                _secondDigits = type.Unit.Digits();
                _hasZone = type.TimeZone is not null;
                _lacksZone = !_hasZone;
                break;
            default:
                _kinds = Kinds.None;
                break;
        }
    }

    private Kinds AddNumber(ReadOnlySpan<byte> value)
    {
        if (!NumberShape.TryRead(value, _point, _group, out NumberShape shape))
        {
            bool isName = value.Length > 0 && (value[^1] | 0x20) is 'n' or 'f' or 'y' && FloatText.TryParse(value, out double _);
            _hasExponent |= isName;
            return isName ? Kinds.Number : Kinds.None;
        }

        if (shape.HasLeadingZero)
        {
            return Kinds.None;
        }

        _hasDigits = true;
        _hasPoint |= shape.HasPoint;
        _hasExponent |= shape.HasExponent;
        _wholeDigits = Math.Max(_wholeDigits, shape.WholeDigits);
        _decimals = Math.Max(_decimals, shape.Decimals);
        _isLossy |= (shape.HasExponent || shape.WholeDigits + shape.Decimals > ExactDoubleDigits)
            && !new LocalNumberParser<double, ExactDoubleParser>(default, _group, _point).TryParse(value, out _);
        bool isInteger = !shape.HasPoint && !shape.HasExponent
            && (shape.WholeDigits <= 18 || (_group < 0 && IntegerText.TryParse(value, out long _)));
        return Kinds.Number | (isInteger ? Kinds.Integer : Kinds.None);
    }

    private DataType DecideNumber()
    {
        int digits = _wholeDigits + _decimals;
        bool exact = _inferDecimals || !_hasPoint || digits > ExactDoubleDigits;
        if (!_hasExponent && exact && digits <= DataType.MaxDecimalPrecision)
        {
            return DataType.Decimal(_inferDecimals && _hasPoint ? Math.Max(digits, 18) : DataType.MaxDecimalPrecision, _decimals);
        }

        return _isLossy ? DataType.Utf8 : DataType.Float64;
    }

    private Kinds AddDateTime(ReadOnlySpan<byte> value)
    {
        Kinds found = Kinds.None;
        if ((_kinds & (Kinds.Date | Kinds.Timestamp)) != 0 && DateText.TryParse(value, out _))
        {
            _lacksZone = true;
            return Kinds.Date | Kinds.Timestamp;
        }

        if ((_kinds & Kinds.Time) != 0 && TimeText.TryParse(value, TimeUnit.Nanosecond, out _))
        {
            found = Kinds.Time;
        }
        else if ((_kinds & Kinds.Timestamp) != 0 && TimestampText.TryParse(value, TimeUnit.Microsecond, instant: true, out _, out bool hasZone))
        {
            found = Kinds.Timestamp;
            _hasZone |= hasZone;
            _lacksZone |= !hasZone;
        }

        int point = value.LastIndexOf((byte)'.');
        if (found != Kinds.None && point >= 0)
        {
            int end = value[(point + 1)..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            _secondDigits = Math.Max(_secondDigits, end < 0 ? value.Length - point - 1 : end);
        }

        return found;
    }
}
