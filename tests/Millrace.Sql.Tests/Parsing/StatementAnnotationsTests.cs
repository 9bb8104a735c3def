using Millrace.Sql.Parsing;

namespace Millrace.Sql.Tests.Parsing;

public sealed class StatementAnnotationsTests
{
    [Fact]
    public void Annotations_get_their_meaning()
    {
        StatementAnnotations read = Read("""
            -- @name: large orders
            -- @version: 1.2.0
            --   @JOB_MODE :  Transactional
            -- @batch_size: 10_000
            -- @num_partitions: 8
            -- @partitioning_strategy: round_robin
            -- @observability.metrics.enabled: false
            -- just a comment: of people
            SELECT 1
            """);
        Assert.Equal(
            ("large orders", "1.2.0", JobMode.Transactional, 10_000, 8, PartitioningStrategy.RoundRobin, false),
            (read.Name, read.Version, read.JobMode!.Value, read.BatchSize!.Value, read.Partitions!.Value, read.Partitioning!.Value, read.MetricsEnabled));
        Assert.Empty(read.Metrics);
    }

    [Fact]
    public void Metrics_have_what_stands_below_their_names()
    {
        StatementAnnotations read = Read("""
            -- @metric: orders_total
            -- @metric_help: Large orders, by region
            -- @metric_labels: region, customer.kind
            -- @metric_condition: amount > 100 AND region <> 'x' -- and more
            -- @metric: amount
            -- @metric_type: histogram
            -- @metric_field: amount * 2
            -- @metric_buckets: 1, 2.5, 1e3
            -- @metric_sample_rate: 0.1
            SELECT 1
            """);
        Assert.Equal(["orders_total", "amount"], read.Metrics.Select(m => m.Name));
        MetricAnnotation orders = read.Metrics[0];
        Assert.Equal((MetricType.Counter, "Large orders, by region", 1.0), (orders.Type, orders.Help, orders.SampleRate));
        Assert.Equal(["region", "customer.kind"], orders.Labels.Select(l => l.Text));
        Assert.Equal("(amount > 100 AND region <> 'x')", $"({SqlPrinter.Print(orders.Condition!.Syntax)})");
        Assert.Null(orders.Field);
        MetricAnnotation amount = read.Metrics[1];
        Assert.Equal((MetricType.Histogram, "amount * 2", 0.1), (amount.Type, amount.Field!.Text, amount.SampleRate));
        Assert.Equal([1, 2.5, 1000], amount.Buckets);
        Assert.Null(amount.Condition);
    }

    [Theory]
    [InlineData("-- TODO(@name): later")]
    [InlineData("-- @alice wrote this")]
    [InlineData("-- mail@example.com: x")]
    [InlineData("/* @name: x */")]
    [InlineData("-- @ name: x")]
    public void Comments_stay_comments(string comment) => Assert.Equal(StatementAnnotations.None, Read($"{comment}\nSELECT 1"));

    [Theory]
    [InlineData("-- @nmae: x", 1, "There is no annotation '@nmae' (did you mean 'name'?).")]
    [InlineData("-- @owner", 1, "There is no annotation '@owner'.")]
    [InlineData("-- @name", 1, "@name has no value; write `-- @name: value`.")]
    [InlineData("-- @name orders", 1, "The annotation '@name' has no colon; write `-- @name: orders`.")]
    [InlineData("-- @job_mode: transactionl", 15, "'transactionl' is no value of @job_mode (did you mean 'transactional'?); it takes simple, transactional, adaptive.")]
    [InlineData("-- @batch_size: 0", 17, "'0' is no value of @batch_size; it takes a whole number from 1 to 50000.")]
    [InlineData("-- @num_partitions: many", 21, "'many' is no value of @num_partitions; it takes a whole number from 1 to 1024.")]
    [InlineData("-- @observability.metrics.enabled: yes", 36, "'yes' is no value of @observability.metrics.enabled; it takes true or false.")]
    [InlineData("-- @metric_type: counter", 1, "@metric_type stands before any metric.")]
    [InlineData("-- @metric: 1st", 13, "'1st' is no name of a metric.")]
    [InlineData("-- @metric: millrace.runs", 13, "'millrace.runs' is a name of Millrace's own metrics.")]
    [InlineData("-- @metric: m\n-- @metric_type: gauge", 1, "The gauge 'm' has no field.")]
    [InlineData("-- @metric: m\n-- @metric_buckets: 1", 1, "The counter 'm' has buckets.")]
    [InlineData("-- @metric: m\n-- @metric_type: histogram\n-- @metric_field: a\n-- @metric_buckets: 2, 1", 21, "'2, 1' is no value of @metric_buckets; it takes up to 200 numbers that ascend: 0.1, 0.5, 1.")]
    [InlineData("-- @metric: m\n-- @metric_sample_rate: 2", 25, "'2' is no value of @metric_sample_rate; it takes a number above 0, at most 1.")]
    [InlineData("-- @metric: m\n-- @metric_labels: a, b + 1", 23, "'b + 1' is no column; @metric_labels takes names of columns with commas between them.")]
    public void What_means_nothing_is_an_error_with_its_place(string annotations, int column, string message)
    {
        MillraceException error = Assert.Throws<MillraceException>(() => Read($"{annotations}\nSELECT 1"));
        Assert.Equal(("MR5012", message), (error.Code.Id, error.Message));
        Assert.Equal(column, error.Place!.Column);
    }

    [Theory]
    [InlineData("-- @name: a\n-- @name: b", "MR5006")]
    [InlineData("-- @metric: m\n-- @metric_help: a\n-- @metric_help: b", "MR5006")]
    [InlineData("-- @metric: m\n-- @metric: m", "MR5006")]
    [InlineData("-- @metric: m\n-- @metric_labels: a, a", "MR5006")]
    public void What_stands_twice_is_an_error(string annotations, string code)
        => Assert.Equal(code, Assert.Throws<MillraceException>(() => Read($"{annotations}\nSELECT 1")).Code.Id);

    [Fact]
    public void An_error_in_a_condition_is_shown_in_its_line()
    {
        var text = new SourceText("SELECT 1;\n-- @metric: m\n-- @metric_condition: amount > > 1\nSELECT 1");
        MillraceException error = Assert.Throws<MillraceException>(() => SqlParser.ParseScript(text));
        Assert.Equal((3L, 32), (error.Place!.Line!.Value, error.Place.Column!.Value));
        Assert.StartsWith("@metric_condition: Found '>'", error.Message);
    }

    [Fact]
    public void Several_errors_are_told_together()
    {
        MillraceException error = Assert.Throws<MillraceException>(() => Read("-- @nmae: x\n-- @batch_size: x\nSELEC 1"));
        Assert.Equal(["MR5012", "MR5012", "MR5001"], error.Related.Select(e => e.Code.Id));
    }

    [Fact]
    public void A_statement_that_is_printed_keeps_them()
    {
        const string text = "-- @name: a\n-- @metric: m\n-- @metric_condition: x > 1\nSELECT 1";
        Assert.Equal(text, SqlPrinter.Print(SqlParser.ParseStatement(new SourceText(text))));
    }

    private static StatementAnnotations Read(string text) => StatementAnnotations.Of(SqlParser.ParseStatement(new SourceText(text)));
}
