using Millrace.Columnar;

namespace Millrace.Formats.Json;

/// <summary>What the numbers of one place have in common, and the type that holds them.</summary>
internal struct NumberShape
{
    private const int LongDigits = 18;
    private bool _beyondLong;
    private bool _fraction;
    private bool _exponent;

    // Some number is beyond doubles, or has digits that a double does not keep.
    private bool _lossy;
    private bool _exact;
    private int _whole;
    private int _scale;

    public static NumberShape Of(DataType type) => type.Id switch
    {
        TypeId.Decimal => new NumberShape { _beyondLong = type.Scale == 0, _fraction = type.Scale > 0, _exact = true, _whole = Math.Max(type.Precision - type.Scale, type.Scale == 0 ? 20 : 1), _scale = type.Scale },
        TypeId.UInt64 => new NumberShape { _beyondLong = true, _whole = 20 },
        TypeId.Float32 or TypeId.Float64 => new NumberShape { _fraction = true, _exponent = true },
        _ => default,
    };

    /// <summary>Adds a word that is a number in JSON's grammar.</summary>
    public void Add(ReadOnlySpan<byte> word)
    {
        JsonNumber.TryClassify(word, out JsonNumberKind kind);
        int sign = word[0] == '-' ? 1 : 0;
        if (kind == JsonNumberKind.Whole)
        {
            int digits = word.Length - sign;
            _whole = Math.Max(_whole, digits);
            if (digits > LongDigits - 3)
            {
                _beyondLong |= !IntegerText.TryParse(word, out long _);
                _lossy |= !KeepsDigits(word);
            }

            return;
        }

        _lossy |= !KeepsDigits(word);
        if (kind == JsonNumberKind.Exponent)
        {
            _exponent = true;
            return;
        }

        int point = word.IndexOf((byte)'.');
        _fraction = true;
        _whole = Math.Max(_whole, point - sign);
        _scale = Math.Max(_scale, word.Length - point - 1);
    }

    public readonly DataType ToType(bool decimals)
    {
        const int most = DataType.MaxDecimalPrecision;
        if (!_fraction && !_exponent)
        {
            return !_beyondLong ? DataType.Int64 : _whole <= most ? DataType.Decimal(most, 0) : DataType.Utf8;
        }

        bool fits = !_exponent && _whole + _scale <= most;
        if ((decimals || _exact || _lossy) && fits)
        {
            return DataType.Decimal(most, _scale);
        }

        return _lossy || _exact ? DataType.Utf8 : DataType.Float64;
    }

    private static bool KeepsDigits(ReadOnlySpan<byte> word) => FloatText.TryParse(word, out double _, out bool keepsDigits) && keepsDigits;
}
