using System.Text;
using Millrace.Sql.Binding;
using Millrace.Sql.Execution;
using Millrace.Sql.Tests.Execution;

namespace Millrace.Sql.Tests.Functions;

public sealed class TimeArithmeticTests
{
    private static readonly DataType Time = DataType.Time();

    /// <summary>Expected values are PostgreSQL's.</summary>
    [Theory]
    [InlineData("2024-01-31 00:00:00", "P1M", "2024-02-29 00:00:00")]
    [InlineData("2023-01-31 10:00:00", "P1M1DT1H", "2023-03-01 11:00:00")]
    [InlineData("2024-02-29 00:00:00", "P1Y", "2025-02-28 00:00:00")]
    [InlineData("2024-03-31 23:30:00", "P-1MT45M", "2024-03-01 00:15:00")]
    [InlineData("1970-01-01 00:00:00", "PT-0.000001S", "1969-12-31 23:59:59.999999")]
    [InlineData("1969-12-31 23:59:59.5", "P-1D", "1969-12-30 23:59:59.5")]
    public void Timestamps_move_by_calendar_intervals(string start, string interval, string expected)
    {
        using var leaks = new LeakCheck();
        BoundExpression moved = Bound.Call("+", Parse(start, DataType.Timestamp()), Parse(interval, DataType.Interval));
        Assert.Equal(expected, Show(moved));
        Assert.Equal(expected, Show(Bound.Call("+", Parse(interval, DataType.Interval), Parse(start, DataType.Timestamp()))));
    }

    [Theory]
    [InlineData("2024-03-31", "P1M", "2024-02-29 00:00:00")]
    [InlineData("2024-01-01", "PT1S", "2023-12-31 23:59:59")]
    public void Dates_less_an_interval_are_timestamps(string date, string interval, string expected)
        => Assert.Equal(expected, Show(Bound.Call("-", Parse(date, DataType.Date), Parse(interval, DataType.Interval))));

    [Fact]
    public void Dates_count_days()
    {
        using var leaks = new LeakCheck();
        Assert.Equal("2024-03-01", Show(Bound.Call("+", Parse("2024-02-28", DataType.Date), Bound.Int(2))));
        Assert.Equal("2024-03-01", Show(Bound.Call("+", Bound.Int(2), Parse("2024-02-28", DataType.Date))));
        Assert.Equal("2023-12-31", Show(Bound.Call("-", Parse("2024-01-01", DataType.Date), Bound.Int(1))));
        Assert.Equal("366", Show(Bound.Call("-", Parse("2025-01-01", DataType.Date), Parse("2024-01-01", DataType.Date))));
        Assert.Equal("MR5201", Evaluation.Fault(Bound.Call("+", Bound.Constant(DataType.Date, int.MaxValue - 1), Bound.Int(2))).Code.Id);
    }

    [Theory]
    [InlineData("2024-03-01 12:00:00", "2024-02-01 13:30:00", 28, 81_000L)]
    [InlineData("2024-02-01 13:30:00", "2024-03-01 12:00:00", -28, -81_000L)]
    [InlineData("2024-02-01 13:30:00", "2024-02-01 13:30:00", 0, 0L)]
    public void The_time_between_timestamps_is_days_and_time(string left, string right, int days, long seconds)
        => Assert.Equal(new Interval(0, days, seconds * 1_000_000_000), Evaluation.One(Bound.Call("-", Parse(left, DataType.Timestamp()), Parse(right, DataType.Timestamp()))));

    [Theory]
    [InlineData("23:30:00", "PT1H", "00:30:00")]
    [InlineData("00:10:00", "PT-15M", "23:55:00")]
    [InlineData("08:00:00", "P1DT49H", "09:00:00")]
    public void Times_of_day_begin_anew_at_midnight(string time, string interval, string expected)
        => Assert.Equal(expected, Show(Bound.Call("+", Parse(time, Time), Parse(interval, DataType.Interval))));

    [Fact]
    public void A_date_and_a_time_make_a_timestamp()
    {
        Assert.Equal("2024-05-06 07:08:09", Show(Bound.Call("+", Parse("2024-05-06", DataType.Date), Parse("07:08:09", Time))));
        Assert.Equal("2024-05-06 07:08:09", Show(Bound.Call("+", Parse("07:08:09", Time), Parse("2024-05-06", DataType.Date))));
        Assert.Equal(new Interval(0, 0, -3_600_000_000_000), Evaluation.One(Bound.Call("-", Parse("07:00:00", Time), Parse("08:00:00", Time))));
    }

    [Theory]
    [InlineData("P1M2DT3H", 2.0, 2, 4, 21_600.0)]
    [InlineData("P1M", 0.5, 0, 15, 0.0)]
    [InlineData("P1D", 0.25, 0, 0, 21_600.0)]
    [InlineData("P3M", 1.1, 3, 9, 0.0)]
    [InlineData("PT1S", 0.0000001, 0, 0, 0.0000001)]
    public void Intervals_times_a_number_spill_downwards(string interval, double times, int months, int days, double seconds)
    {
        var expected = new Interval(months, days, (long)Math.Round(seconds * 1e9));
        Assert.Equal(expected, Evaluation.One(Bound.Call("*", Parse(interval, DataType.Interval), Bound.Constant(DataType.Float64, times))));
        Assert.Equal(expected, Evaluation.One(Bound.Call("*", Bound.Constant(DataType.Float64, times), Parse(interval, DataType.Interval))));
    }

    [Fact]
    public void Intervals_are_added_negated_and_divided_by_parts()
    {
        Assert.Equal(new Interval(1, -5, 7), Evaluation.One(Bound.Call("+", Bound.Constant(DataType.Interval, new Interval(2, 0, 3)), Bound.Constant(DataType.Interval, new Interval(-1, -5, 4)))));
        Assert.Equal(new Interval(3, 5, -1), Evaluation.One(Bound.Call("-", Bound.Constant(DataType.Interval, new Interval(2, 0, 3)), Bound.Constant(DataType.Interval, new Interval(-1, -5, 4)))));
        Assert.Equal(new Interval(-2, 4, -3), Evaluation.One(Bound.Call("-", Bound.Constant(DataType.Interval, new Interval(2, -4, 3)))));
        Assert.Equal(new Interval(0, 15, 0), Evaluation.One(Bound.Call("/", Bound.Constant(DataType.Interval, new Interval(1, 0, 0)), Bound.Constant(DataType.Float64, 2.0))));
        Assert.Equal("MR5202", Evaluation.Fault(Bound.Call("/", Bound.Constant(DataType.Interval, new Interval(1, 0, 0)), Bound.Constant(DataType.Float64, 0.0))).Code.Id);
        Assert.Equal("MR5201", Evaluation.Fault(Bound.Call("-", Bound.Constant(DataType.Interval, new Interval(int.MinValue, 0, 0)))).Code.Id);
    }

    [Fact]
    public void Coarse_timestamps_become_microseconds_and_fine_ones_stay()
    {
        BoundExpression coarse = Bound.Call("+", Bound.Constant(DataType.Timestamp(TimeUnit.Second), 10L), Parse("PT0.5S", DataType.Interval));
        Assert.Equal(DataType.Timestamp(), coarse.Type);
        Assert.Equal(10_500_000L, Evaluation.One(coarse));
        BoundExpression fine = Bound.Call("+", Bound.Constant(DataType.Timestamp(TimeUnit.Nanosecond, "UTC"), 10L), Bound.Constant(DataType.Interval, new Interval(0, 0, 5)));
        Assert.Equal(DataType.Timestamp(TimeUnit.Nanosecond, "UTC"), fine.Type);
        Assert.Equal(15L, Evaluation.One(fine));
        Assert.Equal("MR5201", Evaluation.Fault(Bound.Call("+", Bound.Constant(DataType.Timestamp(), long.MaxValue), Parse("PT1S", DataType.Interval))).Code.Id);
    }

    [Theory]
    [InlineData("2024-03-30 12:00:00Z", "P1D", "2024-03-31 11:00:00Z")]
    [InlineData("2024-03-30 12:00:00Z", "PT24H", "2024-03-31 12:00:00Z")]
    [InlineData("2024-10-26 12:00:00Z", "P1D", "2024-10-27 13:00:00Z")]
    public void Days_of_an_instant_are_those_of_the_zone(string start, string interval, string expected)
    {
        DataType type = DataType.Timestamp(TimeUnit.Microsecond, "UTC");
        var context = new EvaluationContext { TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris") };
        object? moved = Evaluation.One(Bound.Call("+", Parse(start, type), Parse(interval, DataType.Interval)), context);
        Assert.Equal(Parse(expected, type).Value, moved);
    }

    private static BoundConstant Parse(string text, DataType type) => ConstantFolder.TryFold(new BoundCast(Bound.Text(text), type)) ?? throw new ArgumentException($"{text} is no {type}.");

    private static object? Show(BoundExpression expression)
    {
        using Column column = ConstantColumn.Create(expression.Type, Evaluation.One(expression));
        using Column text = Cast.To(column, DataType.Utf8).Column;
        return Encoding.UTF8.GetString(((BinaryColumn)text)[0]);
    }
}
