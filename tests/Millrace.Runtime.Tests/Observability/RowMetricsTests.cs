using System.Diagnostics.Metrics;
using Millrace.Columnar;
using Millrace.Sql.Parsing;
using Millrace.TestKit;

namespace Millrace.Runtime.Tests.Observability;

public sealed class RowMetricsTests : IDisposable
{
    private static readonly Schema Orders = new(new Field("region", DataType.Utf8), new Field("amount", DataType.Int64), new Field("price", DataType.Decimal(10, 2)));

    private readonly MeterListener _listener = new();
    private readonly List<string> _values = [];
    private readonly List<string> _notes = [];
    private readonly string _job = Guid.NewGuid().ToString("N");

    public RowMetricsTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == Metrics.RowSource)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public Task Rows_that_meet_the_condition_are_counted_by_their_labels() => LeakCheck.RunAsync(async () =>
    {
        using RowMetrics metrics = await OpenAsync("-- @metric: t_orders\n-- @metric_labels: region\n-- @metric_condition: amount > 10");
        Add(metrics, ("north", 11), ("south", 5), ("north", 12), (null, 20), ("south", 99));
        Assert.Empty(_values);
        metrics.Commit();
        Assert.Equal(["t_orders region=north 2", "t_orders region= 1", "t_orders region=south 1"], _values);
        Add(metrics, ("north", 11));
        metrics.Commit();
        Assert.Equal("t_orders region=north 1", _values[^1]);
    });

    [Fact]
    public Task Rows_that_are_given_up_do_not_count() => LeakCheck.RunAsync(async () =>
    {
        using RowMetrics metrics = await OpenAsync("-- @metric: t_given\n-- @metric: t_seen\n-- @metric_type: histogram\n-- @metric_field: amount");
        Add(metrics, ("a", 1), ("a", 2));
        metrics.Discard();
        Add(metrics, ("a", 3));
        metrics.Commit();
        metrics.Commit();
        Assert.Equal(["t_given 1", "t_seen 3"], _values);
    });

    [Fact]
    public Task A_field_is_summed_kept_or_spread() => LeakCheck.RunAsync(async () =>
    {
        using RowMetrics metrics = await OpenAsync("""
            -- @metric: t_volume
            -- @metric_field: amount * price
            -- @metric: t_last
            -- @metric_type: gauge
            -- @metric_field: price
            -- @metric_labels: region
            -- @metric: t_spread
            -- @metric_type: histogram
            -- @metric_field: amount
            -- @metric_buckets: 1, 10, 100
            """);
        Add(metrics, ("a", 2), ("b", 3), ("a", 4));
        metrics.Commit();
        Assert.Equal(["t_volume 13.5", "t_last region=a 1.5", "t_last region=b 1.5", "t_spread 2", "t_spread 3", "t_spread 4"], _values);
    });

    [Fact]
    public Task Rows_without_a_value_do_not_count_and_harm_nobody() => LeakCheck.RunAsync(async () =>
    {
        using RowMetrics metrics = await OpenAsync("-- @metric: t_share\n-- @metric_field: 100 / (amount - 1)\n-- @metric: t_all");
        Add(metrics, ("a", 1), ("a", 3), ("a", 0), ("a", 2));
        metrics.Commit();
        Assert.Equal(["t_share 150", "t_all 4"], _values);
        Assert.Equal(2, _notes.Count);
        Assert.StartsWith("metric t_share: rows that it cannot be computed for do not count in it: ", _notes[0]);
        Assert.StartsWith("metric t_share: a counter only grows; rows whose field is negative, such as -100", _notes[1]);
    });

    [Fact]
    public Task A_share_of_the_rows_stands_for_all_in_counters() => LeakCheck.RunAsync(async () =>
    {
        using RowMetrics metrics = await OpenAsync("-- @metric: t_some\n-- @metric_sample_rate: 0.25\n-- @metric: t_few\n-- @metric_type: histogram\n-- @metric_field: amount\n-- @metric_sample_rate: 0.5");
        Add(metrics, [.. Enumerable.Range(1, 8).Select(i => ((string?)"a", (long)i))]);
        metrics.Commit();
        Assert.Equal(["t_some 8", "t_few 2", "t_few 4", "t_few 6", "t_few 8"], _values);
    });

    [Fact]
    public Task Labels_with_many_values_end_in_one_series() => LeakCheck.RunAsync(async () =>
    {
        using RowMetrics metrics = await OpenAsync("-- @metric: t_many\n-- @metric_labels: region, amount", most: 2);
        Add(metrics, ("a", 1), ("a", 2), ("a", 3), ("b", 1), ("a", 1));
        metrics.Commit();
        Assert.Equal(["t_many region=a amount=1 2", "t_many region=a amount=2 1", "t_many region=__other__ amount=__other__ 2"], _values);
        Assert.Contains("__other__", Assert.Single(_notes));
    });

    [Fact]
    public Task Long_epochs_tell_the_values_of_histograms_as_they_go() => LeakCheck.RunAsync(async () =>
    {
        using RowMetrics metrics = await OpenAsync("-- @metric: t_long\n-- @metric_type: histogram\n-- @metric_field: amount");
        for (int i = 0; i < 17; i++)
        {
            Add(metrics, [.. Enumerable.Repeat(((string?)"a", 1L), 4096)]);
        }

        Assert.Equal(1 << 16, _values.Count);
        metrics.Commit();
        Assert.Equal(17 * 4096, _values.Count);
    });

    [Theory]
    [InlineData("-- @metric: t_x\n-- @metric_condition: amonut > 1", "MR5102", 38)]
    [InlineData("-- @metric: t_x\n-- @metric_condition: amount", "MR5106", 38)]
    [InlineData("-- @metric: t_x\n-- @metric_labels: region, regoin", "MR5102", 43)]
    [InlineData("-- @metric: t_x\n-- @metric_field: count(*)", null, null)]
    public async Task What_does_not_go_with_the_columns_is_an_error_at_its_place(string annotations, string? code, int? offset)
    {
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => OpenAsync(annotations).AsTask());
        Assert.Equal(code ?? error.Code.Id, error.Code.Id);
        Assert.Equal(offset ?? error.Place!.Offset, error.Place!.Offset);
    }

    [Fact]
    public async Task A_name_that_has_another_type_is_an_error()
    {
        (await OpenAsync("-- @metric: t_twice")).Dispose();
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => OpenAsync("-- @metric: t_twice\n-- @metric_type: gauge\n-- @metric_field: amount").AsTask());
        Assert.Equal(("MR4040", "'t_twice' is a counter already, and here it is a gauge."), (error.Code.Id, error.Message));
    }

    private ValueTask<RowMetrics> OpenAsync(string annotations, int most = 1000)
    {
        StatementAnnotations read = StatementAnnotations.Of(SqlParser.ParseStatement(new SourceText(annotations + "\nSELECT 1")));
        return RowMetrics.OpenAsync(read.Metrics, Orders, new RowMetricsContext { Tags = [new("job", _job)], MaxSeries = most, Note = _notes.Add }, CancellationToken.None);
    }

    private static void Add(RowMetrics metrics, params (string? Region, long Amount)[] rows)
    {
        using var regions = new BinaryBuilder(DataType.Utf8);
        using var amounts = new FixedBuilder<long>(DataType.Int64);
        using var prices = new FixedBuilder<Int128>(DataType.Decimal(10, 2));
        foreach ((string? region, long amount) in rows)
        {
            if (region is null)
            {
                regions.AppendNull();
            }
            else
            {
                regions.Append(region);
            }

            amounts.Append(amount);
            prices.Append(150);
        }

        using var batch = new RecordBatch(Orders, rows.Length, [regions.Build(), amounts.Build(), prices.Build()]);
        metrics.Add(batch);
    }

    // Other tests of the process give values at the same time, under other jobs.
    private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length > 0 && tags[0].Value as string == _job)
        {
            string labels = string.Concat(tags[1..].ToArray().Select(t => $"{t.Key}={t.Value} "));
            _values.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{instrument.Name} {labels}{value}"));
        }
    }
}
