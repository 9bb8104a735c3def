using System.Text;

namespace Millrace.Columnar;

/// <summary>Dates, times and timestamps among themselves. A finer unit is cut down to a coarser one towards the past.</summary>
internal static unsafe class TimeCasts
{
    private const long SecondsPerDay = 86_400;

    public static Column DateToTimestamp(Column source, DataType target, CastFailures failures)
    {
        ReadOnlySpan<int> days = ((FixedColumn<int>)source).Values;
        long perDay = SecondsPerDay * target.Unit.PerSecond();
        NativeBuffer buffer = KernelMemory.RentValues(days.Length, sizeof(long), target);
        long* result = (long*)buffer.Pointer;
        for (int row = 0; row < days.Length; row++)
        {
            if (!TryMultiply(days[row], perDay, out result[row]) && !source.IsNull(row))
            {
                failures.AddValue(row, DateString(days[row]), target);
            }
        }

        return new FixedColumn<long>(target, days.Length, buffer, failures.Validity(source));
    }

    public static Column TimestampToDate(Column source, DataType target, CastFailures failures)
    {
        ReadOnlySpan<long> values = ((FixedColumn<long>)source).Values;
        long perDay = SecondsPerDay * source.Type.Unit.PerSecond();
        NativeBuffer buffer = KernelMemory.RentValues(values.Length, sizeof(int), target);
        int* result = (int*)buffer.Pointer;
        for (int row = 0; row < values.Length; row++)
        {
            long day = FloorDivide(values[row], perDay);
            result[row] = (int)day;
            if (result[row] != day && !source.IsNull(row))
            {
                failures.AddValue(row, TimestampString(values[row], source.Type), target);
            }
        }

        return new FixedColumn<int>(target, values.Length, buffer, failures.Validity(source));
    }

    public static Column TimestampToTime(Column source, DataType target, CastFailures failures)
    {
        ReadOnlySpan<long> values = ((FixedColumn<long>)source).Values;
        long perSecond = source.Type.Unit.PerSecond();
        long perDay = SecondsPerDay * perSecond;
        NativeBuffer buffer = KernelMemory.RentValues(values.Length, sizeof(long), target);
        long* result = (long*)buffer.Pointer;
        for (int row = 0; row < values.Length; row++)
        {
            long timeOfDay = values[row] - (FloorDivide(values[row], perDay) * perDay);
            TryRescale(timeOfDay, perSecond, target.Unit.PerSecond(), out result[row]);
        }

        return new FixedColumn<long>(target, values.Length, buffer, failures.Validity(source));
    }

    /// <summary>Another unit or zone of a timestamp, or another unit of a time.</summary>
    public static Column ChangeUnit(Column source, DataType target, CastFailures failures)
    {
        if (source.Type.Unit == target.Unit)
        {
            return source.Retype(target);
        }

        ReadOnlySpan<long> values = ((FixedColumn<long>)source).Values;
        long from = source.Type.Unit.PerSecond();
        long to = target.Unit.PerSecond();
        NativeBuffer buffer = KernelMemory.RentValues(values.Length, sizeof(long), target);
        long* result = (long*)buffer.Pointer;
        for (int row = 0; row < values.Length; row++)
        {
            if (!TryRescale(values[row], from, to, out result[row]) && !source.IsNull(row))
            {
                failures.AddValue(row, TimestampString(values[row], source.Type), target);
            }
        }

        return new FixedColumn<long>(target, values.Length, buffer, failures.Validity(source));
    }

    private static bool TryRescale(long value, long from, long to, out long result)
    {
        if (to >= from)
        {
            return TryMultiply(value, to / from, out result);
        }

        result = FloorDivide(value, from / to);
        return true;
    }

    private static bool TryMultiply(long value, long factor, out long result)
    {
        long high = Math.BigMul(value, factor, out result);
        return high == result >> 63;
    }

    private static long FloorDivide(long value, long divisor)
    {
        long quotient = value / divisor;
        return quotient * divisor > value ? quotient - 1 : quotient;
    }

    private static string DateString(int days)
    {
        Span<byte> text = stackalloc byte[DateText.MaxLength];
        return Encoding.ASCII.GetString(text[..DateText.Format(days, text)]);
    }

    private static string TimestampString(long value, DataType type)
    {
        Span<byte> text = stackalloc byte[TimestampText.MaxLength];
        return Encoding.ASCII.GetString(text[..TimestampText.Format(value, type.Unit, type.TimeZone is not null, text)]);
    }
}
