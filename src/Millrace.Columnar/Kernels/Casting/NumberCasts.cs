using System.Globalization;
using System.Numerics;

namespace Millrace.Columnar;

/// <summary>Whole and floating-point numbers among themselves and with booleans.</summary>
internal static unsafe class NumberCasts
{
    public static Column Convert(Column source, DataType target, CastFailures failures)
        => NumberType.Dispatch<FromVisitor, Column>(source.Type, new FromVisitor(source, target, failures));

    public static Column FromBoolean(Column source, DataType target, CastFailures failures)
        => NumberType.Dispatch<FromBooleanVisitor, Column>(target, new FromBooleanVisitor((BooleanColumn)source, target, failures));

    public static Column ToBoolean(Column source, DataType target, CastFailures failures)
        => NumberType.Dispatch<ToBooleanVisitor, Column>(source.Type, new ToBooleanVisitor(source, failures));

    private readonly struct FromVisitor(Column source, DataType target, CastFailures failures) : INumberVisitor<Column>
    {
        public Column Visit<T>()
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
            => NumberType.Dispatch<ToVisitor<T>, Column>(target, new ToVisitor<T>((FixedColumn<T>)source, target, failures));
    }

    private readonly struct ToVisitor<TFrom>(FixedColumn<TFrom> source, DataType target, CastFailures failures) : INumberVisitor<Column>
        where TFrom : unmanaged, INumber<TFrom>
    {
        public Column Visit<TTo>()
            where TTo : unmanaged, INumber<TTo>, IMinMaxValue<TTo>
        {
            ReadOnlySpan<TFrom> values = source.Values;
            NativeBuffer buffer = KernelMemory.RentValues(values.Length, sizeof(TTo), target);
            TTo* result = (TTo*)buffer.Pointer;
            for (int row = 0; row < values.Length; row++)
            {
                if (!TryConvert(values[row], out result[row]) && !source.IsNull(row))
                {
                    failures.AddValue(row, values[row].ToString(null, CultureInfo.InvariantCulture), target);
                }
            }

            return new FixedColumn<TTo>(target, values.Length, buffer, failures.Validity(source));
        }

        // The type tests are constants to the compiler; one branch of them remains in each loop.
        private static bool TryConvert<TTo>(TFrom value, out TTo result)
            where TTo : unmanaged, INumber<TTo>, IMinMaxValue<TTo>
        {
            bool fromFloat = typeof(TFrom) == typeof(float) || typeof(TFrom) == typeof(double);
            bool toFloat = typeof(TTo) == typeof(float) || typeof(TTo) == typeof(double);
            if (!fromFloat && !toFloat)
            {
                result = TTo.CreateTruncating(value);
                return TFrom.CreateTruncating(result) == value && TTo.IsNegative(result) == TFrom.IsNegative(value);
            }

            if (toFloat)
            {
                result = TTo.CreateTruncating(value);
                return TTo.IsFinite(result) || !TFrom.IsFinite(value);
            }

            double rounded = Math.Round(double.CreateTruncating(value), MidpointRounding.ToEven);
            result = TTo.CreateSaturating(rounded);

            // One past the largest value is a power of two, which a double holds exactly.
            return rounded >= double.CreateTruncating(TTo.MinValue) && rounded < double.CreateTruncating(TTo.MaxValue) + 1;
        }
    }

    private readonly struct FromBooleanVisitor(BooleanColumn source, DataType target, CastFailures failures) : INumberVisitor<Column>
    {
        public Column Visit<T>()
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            NativeBuffer buffer = KernelMemory.RentValues(source.Length, sizeof(T), target);
            T* result = (T*)buffer.Pointer;
            Bitmap values = source.Values;
            for (int row = 0; row < values.Length; row++)
            {
                result[row] = values[row] ? T.One : T.Zero;
            }

            return new FixedColumn<T>(target, source.Length, buffer, failures.Validity(source));
        }
    }

    private readonly struct ToBooleanVisitor(Column source, CastFailures failures) : INumberVisitor<Column>
    {
        public Column Visit<T>()
            where T : unmanaged, INumber<T>, IMinMaxValue<T>
        {
            ReadOnlySpan<T> values = ((FixedColumn<T>)source).Values;
            NativeBuffer buffer = BufferPool.Rent(Bits.ByteCount(values.Length));
            for (int row = 0; row < values.Length; row++)
            {
                Bits.Write(buffer.Pointer, row, !T.IsZero(values[row]));
            }

            return new BooleanColumn(values.Length, buffer, failures.Validity(source));
        }
    }
}
