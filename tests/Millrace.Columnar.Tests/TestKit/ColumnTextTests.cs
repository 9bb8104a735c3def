namespace Millrace.Columnar.Tests.TestKit;

public sealed class ColumnTextTests
{
    [Fact]
    public void Exact_values_are_written_exactly()
    {
        Assert.Equal("-0.05", One<Int128>(DataType.Decimal(5, 2), -5));
        Assert.Equal("99999999999999999999999999999999999999", One(DataType.Decimal(38, 0), Int128.Parse("99999999999999999999999999999999999999", null)));
        Assert.Equal("\"2000-02-29\"", One(DataType.Date, 11016));
        Assert.Equal("\"1969-12-31T23:59:59.999999Z\"", One(DataType.Timestamp(TimeUnit.Microsecond, "UTC"), -1L));
        Assert.Equal("\"1677-09-21T00:12:43.145224192\"", One(DataType.Timestamp(TimeUnit.Nanosecond), long.MinValue));
        Assert.Equal("\"23:59:59.999\"", One(DataType.Time(TimeUnit.Millisecond), 86_399_999L));
        Assert.Equal("0.1", One(DataType.Float32, 0.1f));
        Assert.Equal("\"NaN\"", One(DataType.Float64, double.NaN));
        Assert.Equal("\"P1M-2DT-0.000000005S\"", One(DataType.Interval, new Interval(1, -2, -5)));
    }

    private static string One<T>(DataType type, T value)
        where T : unmanaged
    {
        using var builder = new FixedBuilder<T>(type, 1);
        builder.Append(value);
        using Column column = builder.Build();
        return ColumnText.Json(column, 0);
    }
}
