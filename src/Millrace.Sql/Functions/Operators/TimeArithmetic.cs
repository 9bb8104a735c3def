using Millrace.Columnar;
using static Millrace.Sql.Functions.Overload;

namespace Millrace.Sql.Functions;

/// <summary>The overloads of the arithmetic operators for dates, times and intervals.</summary>
internal static class TimeArithmetic
{
    private static readonly DataType Time = DataType.Time(TimeUnit.Microsecond);
    private static readonly DataType Timestamp = DataType.Timestamp();

    public static IReadOnlyList<ScalarOverload> Additions { get; } =
    [
        Of(FixedKernels.CheckedBinary<int, int, int, AddDays>(new(1)), DataType.Date, DataType.Date, DataType.Int32),
        CheckedBinary<int, int, int, AddDaysFromLeft>(DataType.Int32, DataType.Date, DataType.Date),
        Of(FixedKernels.CheckedBinary<int, Interval, long, MoveDate>(new(1)), Timestamp, DataType.Date, DataType.Interval),
        Of(Swapped(FixedKernels.CheckedBinary<int, Interval, long, MoveDate>(new(1))), Timestamp, DataType.Interval, DataType.Date),
        Of(site => Moved(site.Types[0], site.Result!, 1), TypePattern.Timestamp, TypePattern.Timestamp, DataType.Interval) with { ResultType = site => Fine(site.Types[0]) },
        Of(site => Swapped(Moved(site.Types[1], site.Result!, 1)), TypePattern.Timestamp, DataType.Interval, TypePattern.Timestamp) with { ResultType = site => Fine(site.Types[1]) },
        CheckedBinary<int, long, long, JoinDateAndTime>(DataType.Date, Time, Timestamp),
        Of(Swapped(FixedKernels.CheckedBinary<int, long, long, JoinDateAndTime>()), Timestamp, Time, DataType.Date),
        Of(FixedKernels.Binary<long, Interval, long, MoveTime>(new(1)), Time, Time, DataType.Interval),
        Of(Swapped(FixedKernels.Binary<long, Interval, long, MoveTime>(new(1))), Time, DataType.Interval, Time),
        Of(FixedKernels.CheckedBinary<Interval, Interval, Interval, AddIntervals>(new(1)), DataType.Interval, DataType.Interval, DataType.Interval),
    ];

    public static IReadOnlyList<ScalarOverload> Subtractions { get; } =
    [
        Of(FixedKernels.CheckedBinary<int, int, int, AddDays>(new(-1)), DataType.Date, DataType.Date, DataType.Int32),
        CheckedBinary<int, int, int, DaysBetween>(DataType.Date, DataType.Date, DataType.Int32),
        Of(FixedKernels.CheckedBinary<int, Interval, long, MoveDate>(new(-1)), Timestamp, DataType.Date, DataType.Interval),
        Of(site => Moved(site.Types[0], site.Result!, -1), TypePattern.Timestamp, TypePattern.Timestamp, DataType.Interval) with { ResultType = site => Fine(site.Types[0]) },
        Of(site => FixedKernels.CheckedBinary<long, long, Interval, TimeBetween>(new(site.Types[0])), DataType.Interval, TypePattern.Timestamp, TypePattern.Timestamp),
        Of(FixedKernels.Binary<long, Interval, long, MoveTime>(new(-1)), Time, Time, DataType.Interval),
        Binary<long, long, Interval, TimesBetween>(Time, Time, DataType.Interval),
        Of(FixedKernels.CheckedBinary<Interval, Interval, Interval, AddIntervals>(new(-1)), DataType.Interval, DataType.Interval, DataType.Interval),
        CheckedUnary<Interval, Interval, NegateInterval>(DataType.Interval, DataType.Interval),
    ];

    public static IReadOnlyList<ScalarOverload> Multiplications { get; } =
    [
        Of(FixedKernels.CheckedBinary<Interval, double, Interval, ScaleInterval>(new(divide: false)), DataType.Interval, DataType.Interval, DataType.Float64),
        CheckedBinary<double, Interval, Interval, ScaleIntervalByLeft>(DataType.Float64, DataType.Interval, DataType.Interval),
    ];

    public static IReadOnlyList<ScalarOverload> Divisions { get; } =
    [
        Of(FixedKernels.CheckedBinary<Interval, double, Interval, ScaleInterval>(new(divide: true)), DataType.Interval, DataType.Interval, DataType.Float64),
    ];

    // Intervals have parts of seconds, so the result does too.
    private static DataType Fine(DataType type)
        => type.Unit < TimeUnit.Microsecond ? DataType.Timestamp(TimeUnit.Microsecond, type.TimeZone) : type;

    private static ScalarKernel Moved(DataType from, DataType to, int sign) => (in KernelCall call) =>
    {
        TimeZoneInfo zone = call.Context.TimeZone;
        bool zoned = from.TimeZone is not null && !zone.Equals(TimeZoneInfo.Utc);
        return FixedKernels.CheckedBinary<long, Interval, long, MoveTimestamp>(new(from, to, sign, zoned ? zone : null))(call);
    };

    private static ScalarKernel Swapped(ScalarKernel kernel) => (in KernelCall call) => kernel(new KernelCall
    {
        Arguments = [call.Arguments[1], call.Arguments[0]],
        Rows = call.Rows,
        Type = call.Type,
        Faults = call.Faults,
        Context = call.Context,
    });
}
