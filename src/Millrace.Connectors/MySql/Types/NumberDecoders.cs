using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.MySql;

/// <summary>Whole numbers from their digits.</summary>
internal sealed unsafe class WholeDecoder<T>(DataType type, int capacity) : ColumnDecoder
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    private readonly FixedBuilder<T> _builder = new(type, capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        int start = _builder.Length;
        Span<T> values = _builder.AppendUninitialized(run.Count);
        fixed (byte* data = run.Data)
        {
            for (int i = 0; i < values.Length; i++)
            {
                int length = run.Lengths[i];
                if (QuickText.TryParse(data + run.Starts[i], length, out long value))
                {
                    values[i] = T.CreateTruncating(value);
                    if (long.CreateTruncating(values[i]) == value)
                    {
                        continue;
                    }
                }

                if (length < 0)
                {
                    values[i] = default;
                    _builder.SetNull(start + i);
                }
                else if (!IntegerText.TryParse(run[i], out values[i]))
                {
                    values[i] = default;
                    _builder.SetNull(start + i);
                    bad.Add(i, Encoding.UTF8.GetString(run[i]), $"is not a {type}");
                }
            }
        }
    }
}

/// <summary>Decimals; up to 18 digits are read as one number.</summary>
internal sealed unsafe class DecimalDecoder(DataType type, int capacity) : ColumnDecoder
{
    private const int QuickDigits = 18;

    private readonly FixedBuilder<Int128> _builder = new(type, capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        int scale = type.Scale;
        ulong limit = (ulong)DecimalMath.Power(Math.Min(type.Precision, QuickDigits));
        int start = _builder.Length;
        Span<Int128> values = _builder.AppendUninitialized(run.Count);
        fixed (byte* data = run.Data)
        {
            for (int i = 0; i < values.Length; i++)
            {
                int length = run.Lengths[i];
                if (length > 0 && QuickText.TryParse(data + run.Starts[i], length, scale, limit, out long value))
                {
                    values[i] = value;
                    continue;
                }

                if (length >= 0)
                {
                    if (DecimalText.TryParse(run[i], type.Precision, scale, out values[i]))
                    {
                        continue;
                    }

                    bad.Add(i, Encoding.UTF8.GetString(run[i]), $"does not fit {type}");
                }

                values[i] = default;
                _builder.SetNull(start + i);
            }
        }
    }
}

/// <summary>Doubles from their shortest digits.</summary>
internal sealed class DoubleDecoder(int capacity) : ColumnDecoder
{
    private readonly FixedBuilder<double> _builder = new(DataType.Float64, capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        int start = _builder.Length;
        Span<double> values = _builder.AppendUninitialized(run.Count);
        for (int i = 0; i < values.Length; i++)
        {
            if (!RealText.TryParse(run, i, bad, out values[i]))
            {
                _builder.SetNull(start + i);
            }
        }
    }
}

/// <summary>Floats, which are sent as the doubles that they are equal to.</summary>
internal sealed class SingleDecoder(int capacity) : ColumnDecoder
{
    private readonly FixedBuilder<float> _builder = new(DataType.Float32, capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        int start = _builder.Length;
        Span<float> values = _builder.AppendUninitialized(run.Count);
        for (int i = 0; i < values.Length; i++)
        {
            bool isValue = RealText.TryParse(run, i, bad, out double value);
            values[i] = (float)value;
            if (!isValue)
            {
                _builder.SetNull(start + i);
            }
        }
    }
}

internal static class RealText
{
    /// <summary>False for null, and for what is no number, which is reported.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe bool TryParse(FieldRun run, int index, BadValues bad, out double value)
    {
        int length = run.Lengths[index];
        if (length > 0)
        {
            fixed (byte* data = run.Data)
            {
                if (QuickText.TryParse(data + run.Starts[index], length, out value))
                {
                    return true;
                }
            }
        }

        value = 0;
        if (length < 0 || FloatText.TryParse(run[index], out value))
        {
            return length >= 0;
        }

        bad.Add(index, Encoding.UTF8.GetString(run[index]), "is not a number");
        return false;
    }
}
