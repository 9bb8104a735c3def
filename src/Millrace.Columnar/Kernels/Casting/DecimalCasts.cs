using System.Globalization;
using System.Numerics;
using System.Text;

namespace Millrace.Columnar;

/// <summary>Decimals to and from numbers and other decimals.</summary>
internal static unsafe class DecimalCasts
{
    // Up to these, mantissa and power of ten are exact doubles, so that one division rounds once.
    private const ulong MaxExactMantissa = 1UL << 53;
    private const int MaxExactPower = 22;

    public static Column Rescale(Column source, DataType target, CastFailures failures)
    {
        ReadOnlySpan<Int128> values = ((FixedColumn<Int128>)source).Values;
        NativeBuffer buffer = KernelMemory.RentValues(values.Length, sizeof(Int128), target);
        Int128* result = (Int128*)buffer.Pointer;
        int scale = source.Type.Scale;
        for (int row = 0; row < values.Length; row++)
        {
            if (!DecimalMath.TryRescale(values[row], scale, target.Scale, target.Precision, out result[row]) && !source.IsNull(row))
            {
                failures.AddValue(row, Text(values[row], scale), target);
            }
        }

        return new FixedColumn<Int128>(target, values.Length, buffer, failures.Validity(source));
    }

    public static Column ToNumber(Column source, DataType target, CastFailures failures)
        => NumberType.Dispatch<ToVisitor, Column>(target, new ToVisitor((FixedColumn<Int128>)source, target, failures));

    public static Column FromNumber(Column source, DataType target, CastFailures failures)
        => NumberType.Dispatch<FromVisitor, Column>(source.Type, new FromVisitor(source, target, failures));

    private static string Text(Int128 value, int scale)
    {
        Span<byte> text = stackalloc byte[DecimalText.MaxLength];
        return Encoding.ASCII.GetString(text[..DecimalText.Format(value, scale, text)]);
    }

    private static double ToDouble(Int128 value, int scale)
    {
        UInt128 magnitude = DecimalMath.Magnitude(value);
        if (magnitude <= MaxExactMantissa && scale <= MaxExactPower)
        {
            double exact = (double)(ulong)magnitude / (double)DecimalMath.Power(scale);
            return Int128.IsNegative(value) ? -exact : exact;
        }

        Span<byte> text = stackalloc byte[DecimalText.MaxLength];
        FloatText.TryParse(text[..DecimalText.Format(value, scale, text)], out double result);
        return result;
    }

    private readonly struct ToVisitor(FixedColumn<Int128> source, DataType target, CastFailures failures) : INumberVisitor<Column>
    {
        public Column Visit<T>()
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            ReadOnlySpan<Int128> values = source.Values;
            NativeBuffer buffer = KernelMemory.RentValues(values.Length, sizeof(T), target);
            T* result = (T*)buffer.Pointer;
            int scale = source.Type.Scale;
            bool toFloat = target.IsFloat;
            for (int row = 0; row < values.Length; row++)
            {
                if (toFloat)
                {
                    result[row] = T.CreateTruncating(ToDouble(values[row], scale));
                    continue;
                }

                bool fits = DecimalMath.TryRescale(values[row], scale, 0, DataType.MaxDecimalPrecision, out Int128 whole);
                result[row] = T.CreateTruncating(whole);
                if ((!fits || whole != Int128.CreateTruncating(result[row])) && !source.IsNull(row))
                {
                    failures.AddValue(row, Text(values[row], scale), target);
                }
            }

            return new FixedColumn<T>(target, values.Length, buffer, failures.Validity(source));
        }
    }

    private readonly struct FromVisitor(Column source, DataType target, CastFailures failures) : INumberVisitor<Column>
    {
        public Column Visit<T>()
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            ReadOnlySpan<T> values = ((FixedColumn<T>)source).Values;
            NativeBuffer buffer = KernelMemory.RentValues(values.Length, sizeof(Int128), target);
            Int128* result = (Int128*)buffer.Pointer;
            for (int row = 0; row < values.Length; row++)
            {
                if (!TryConvert(values[row], out result[row]) && !source.IsNull(row))
                {
                    failures.AddValue(row, values[row].ToString(null, CultureInfo.InvariantCulture), target);
                }
            }

            return new FixedColumn<Int128>(target, values.Length, buffer, failures.Validity(source));
        }

        // A float goes through its shortest text, so that 0.1 becomes 0.1 and not the binary fraction beside it.
        private bool TryConvert<T>(T value, out Int128 result)
            where T : unmanaged, INumber<T>
        {
            if (typeof(T) != typeof(double) && typeof(T) != typeof(float))
            {
                return DecimalMath.TryRescale(Int128.CreateTruncating(value), 0, target.Scale, target.Precision, out result);
            }

            Span<byte> text = stackalloc byte[FloatText.MaxLength];
            int length = typeof(T) == typeof(float)
                ? FloatText.Format(float.CreateTruncating(value), text)
                : FloatText.Format(double.CreateTruncating(value), text);
            return DecimalText.TryParseRounded(text[..length], target.Precision, target.Scale, out result);
        }
    }
}
