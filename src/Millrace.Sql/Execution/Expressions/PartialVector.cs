using System.Numerics;
using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Values for some rows of a batch.</summary>
/// <param name="Vector">The values.</param>
/// <param name="IsPacked">Whether there are values for the chosen rows only, one after the other; otherwise for all rows.</param>
internal readonly record struct PartialVector(Vector Vector, bool IsPacked) : IDisposable
{
    public void Dispose() => Vector.Dispose();
}

/// <summary>Reads the values and the validity of a partial vector at the rows' own places, 64 at a time.</summary>
internal unsafe ref struct PartialBits
{
    private readonly Bitmap _values;
    private readonly Bitmap _validity;
    private readonly RowMask _rows;
    private readonly bool _packed;
    private readonly bool _constant;
    private readonly ulong _constantValue;
    private readonly ulong _constantValid;
    private int _word;
    private int _at;

    public PartialBits(PartialVector source, RowMask rows)
    {
        Column column = source.Vector.Column;
        _rows = rows;
        _packed = source.IsPacked;
        _constant = source.Vector.IsConstant;
        _validity = column.HasNulls ? column.Validity : new Bitmap(null, 0, column.Length);
        _values = column is BooleanColumn booleans ? booleans.Values : _validity;
        _constantValid = _constant && _validity[0] ? ulong.MaxValue : 0;
        _constantValue = _constant && _values[0] ? ulong.MaxValue : 0;
    }

    /// <summary>The next 64 rows of a boolean vector; what is outside the chosen rows means nothing.</summary>
    public void Next(out ulong value, out ulong valid)
    {
        if (_constant)
        {
            value = _constantValue;
            valid = _constantValid;
        }
        else if (_packed)
        {
            ulong mask = _rows.Bits.Word(_word++ << 6);
            value = RowMask.Deposit(_values.Word(_at), mask);
            valid = RowMask.Deposit(_validity.Word(_at), mask);
            _at += BitOperations.PopCount(mask);
        }
        else
        {
            value = _values.Word(_word << 6);
            valid = _validity.Word(_word++ << 6);
        }
    }

    /// <summary>Which of the next 64 rows have a value.</summary>
    public ulong NextValid()
    {
        Next(out _, out ulong valid);
        return valid;
    }
}
