using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Catalog;
using Millrace.Sql.Functions;
using Millrace.Sql.Parsing;
using Millrace.Sql.Streaming;

namespace Millrace.Sql.Tests.Streaming;

public sealed class WindowPlanTests
{
    private const string Windows = "SELECT window_end, count(*) FROM TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND) w GROUP BY window_end";

    [Fact]
    public async Task Windows_over_a_table_without_a_watermark_close_at_its_end_and_a_warning_says_so()
    {
        StreamPlan plan = await PlanAsync(Windows, isUnbounded: false, hasWatermark: false, new StreamSettings());

        Assert.Contains(plan.Warnings, w => w.Contains("close only when the input ends", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Windows_that_would_never_close_are_an_error_that_names_the_table_and_the_place()
    {
        var error = await Assert.ThrowsAsync<MillraceException>(() => PlanAsync(Windows, isUnbounded: true, hasWatermark: false, new StreamSettings()));

        Assert.Equal("MR5405", error.Code.Id);
        Assert.Contains("t never ends", error.Message, StringComparison.Ordinal);
        Assert.Equal(Windows.IndexOf("ts", StringComparison.Ordinal), error.Place?.Offset);
    }

    [Fact]
    public async Task Windows_that_are_given_as_they_change_need_no_watermark()
    {
        StreamPlan plan = await PlanAsync(Windows, isUnbounded: true, hasWatermark: false, new StreamSettings { Emit = EmitMode.Changes });

        Assert.True(plan.IsChanges);
        Assert.NotEmpty(plan.Warnings);
    }

    [Theory]
    [InlineData("SELECT window_end, k, count(*) FROM HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '2' SECOND, INTERVAL '10' SECOND) w GROUP BY window_end, k", "by panes")]
    [InlineData("SELECT window_end, k, max(window_start) FROM HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '2' SECOND, INTERVAL '10' SECOND) w GROUP BY window_end, k", "hop window_end:")]
    [InlineData("SELECT window_end, string_agg(k, ',') FROM HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '2' SECOND, INTERVAL '10' SECOND) w GROUP BY window_end", "hop window_end:")]
    [InlineData("SELECT window_start, count(*) FROM TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '2' SECOND) w GROUP BY window_start", "tumble window_start:")]
    public async Task Panes_are_taken_where_nothing_looks_at_bounds_or_order(string sql, string expected)
    {
        StreamPlan plan = await PlanAsync(sql, isUnbounded: true, hasWatermark: true, new StreamSettings());

        Assert.Contains(expected, plan.Stages.Single(s => s.Name == "WindowAggregate").Details, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Windows_of_a_time_that_the_watermark_says_nothing_of_are_groups_like_others()
    {
        StreamPlan plan = await PlanAsync(
            "SELECT window_end, count(*) FROM TUMBLE(TABLE t, DESCRIPTOR(other), INTERVAL '10' SECOND) w GROUP BY window_end", isUnbounded: true, hasWatermark: true, new StreamSettings());

        Assert.True(plan.IsChanges);
        Assert.DoesNotContain(plan.Stages, s => s.Name == "WindowAggregate");
    }

    private static async Task<StreamPlan> PlanAsync(string sql, bool isUnbounded, bool hasWatermark, StreamSettings settings)
    {
        using StreamTable rows = await StreamTable.OfAsync(
            "t", "SELECT 'a' AS k, TIMESTAMP '2026-01-01 00:00:00' AS ts, TIMESTAMP '2026-01-01 00:00:00' AS other", hasWatermark ? ("ts", "ts") : null);
        var catalog = new MemoryCatalog();
        catalog.Add(new Table(rows, isUnbounded));
        BoundQuery bound = await QueryBinder.BindAsync(((QueryStatement)SqlParser.ParseStatement(new SourceText(sql))).Query, catalog, BuiltInFunctions.Table, default);
        return await StreamPlanner.PlanAsync(bound, BuiltInFunctions.Table, settings, default);
    }

    private sealed class Table(StreamTable rows, bool isUnbounded) : ISqlTable
    {
        public string Name => rows.Name;

        public Schema Schema => rows.Schema;

        public bool IsUnbounded => isUnbounded;

        public TableWatermark? Watermark => rows.Watermark;

        public ValueTask<ITableScan> ScanAsync(TableRequest request, CancellationToken cancellation) => rows.ScanAsync(request, cancellation);
    }
}
