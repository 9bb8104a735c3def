namespace Millrace.Columnar.Interop;

/// <summary>Foreign values of fixed widths: those of other widths or units converted, those with a range checked.</summary>
internal static unsafe class ForeignValues
{
    private const long MillisecondsPerDay = 86_400_000;

    public static Column Convert(ForeignRows window, ShapeNode node) => node.Source switch
    {
        "e" => Map<Half, float, HalfToFloat>(window),
        "tdm" => Map<long, int, MillisecondsToDays>(window),
        "tts" or "ttm" => Map<int, long, Widen>(window),
        "tiM" => Map<int, Interval, MonthsToInterval>(window),
        "tiD" => Map<long, Interval, DaysToInterval>(window),
        "d32" => Map<int, Int128, Widen>(window),
        _ => Map<long, Int128, Widen>(window),
    };

    /// <summary>Refuses decimals with more digits than their type has and times outside a day; gives the column back otherwise.</summary>
    public static Column Checked(Column column)
    {
        int bad = column switch
        {
            FixedColumn<Int128> c => FirstOutside(c, -Power(c.Type.Precision) + 1, Power(c.Type.Precision) - 1),
            FixedColumn<long> { Type.Id: TypeId.Time } c => FirstOutside(c, 0, (86_400 * c.Type.Unit.PerSecond()) - 1),
            _ => -1,
        };
        if (bad < 0)
        {
            return column;
        }

        string type = column.Type.ToString();
        column.Dispose();
        throw ArrowErrors.Invalid($"Row {bad} does not fit its type {type}");
    }

    private static Int128 Power(int digits)
    {
        Int128 power = 1;
        for (int i = 0; i < digits; i++)
        {
            power *= 10;
        }

        return power;
    }

    private static int FirstOutside<T>(FixedColumn<T> column, T min, T max)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        ReadOnlySpan<T> values = column.Values;
        for (int i = 0; i < values.Length; i++)
        {
            if ((values[i] < min || values[i] > max) && !column.IsNull(i))
            {
                return i;
            }
        }

        return -1;
    }

    private static Column Map<TFrom, TTo, TMap>(ForeignRows window)
        where TFrom : unmanaged
        where TTo : unmanaged
        where TMap : struct, IMap<TFrom, TTo>
    {
        var source = (TFrom*)window.Start(1, sizeof(TFrom));
        NativeBuffer values = KernelMemory.Rent((long)window.Length * sizeof(TTo), window.Type);
        NativeBuffer? validity = window.ValidityFromZero();
        var target = (TTo*)values.Pointer;
        for (int i = 0; i < window.Length; i++)
        {
            target[i] = TMap.Map(source[i]);
        }

        return Checked(new FixedColumn<TTo>(window.Type, window.Length, values, validity));
    }

    private interface IMap<TFrom, TTo>
    {
        static abstract TTo Map(TFrom value);
    }

    private readonly struct HalfToFloat : IMap<Half, float>
    {
        public static float Map(Half value) => (float)value;
    }

    private readonly struct MillisecondsToDays : IMap<long, int>
    {
        // Days of 64-bit milliseconds can exceed 32 bits by far; such dates are out of any calendar and saturate.
        public static int Map(long value) => (int)Math.Clamp(Math.DivRem(value, MillisecondsPerDay).Quotient - (value % MillisecondsPerDay < 0 ? 1 : 0), int.MinValue, int.MaxValue);
    }

    private readonly struct Widen : IMap<int, long>, IMap<int, Int128>, IMap<long, Int128>
    {
        static long IMap<int, long>.Map(int value) => value;

        static Int128 IMap<int, Int128>.Map(int value) => value;

        static Int128 IMap<long, Int128>.Map(long value) => value;
    }

    private readonly struct MonthsToInterval : IMap<int, Interval>
    {
        public static Interval Map(int value) => new(value, 0, 0);
    }

    // Days in the lower, milliseconds in the upper half.
    private readonly struct DaysToInterval : IMap<long, Interval>
    {
        public static Interval Map(long value) => new(0, (int)value, (value >> 32) * 1_000_000);
    }
}
