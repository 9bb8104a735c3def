using System.Diagnostics.Metrics;
using Millrace.Runtime;
using Millrace.Runtime.Sql;
using Millrace.Sql.Parsing;
using Millrace.TestKit;

namespace Millrace.Cli.Tests.Sql;

/// <summary>What annotations make of statements.</summary>
public sealed class AnnotationTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly MeterListener _listener = new();
    private readonly List<(string Name, double Value, string Job)> _values = [];

    public AnnotationTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == Metrics.RowSource)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            lock (_values)
            {
                _values.Add((instrument.Name, value, (string)tags.ToArray().Single(t => t.Key == Metrics.Job).Value!));
            }
        });
        _listener.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("a_file", "INSERT INTO 'out.csv' SELECT i FROM generate_series(1, 100) AS t(i)")]
    [InlineData("a_folder", "INSERT INTO 'out/' SELECT i FROM generate_series(1, 100) AS t(i)")]
    [InlineData("a_query", "SELECT i FROM generate_series(1, 100) AS t(i)")]
    [InlineData("a_table", "CREATE TABLE made AS SELECT i FROM generate_series(1, 100) AS t(i)")]
    [InlineData("a_target", "CREATE TABLE made WITH (location = 'out.jsonl') AS SELECT i FROM generate_series(1, 100) AS t(i)")]
    public async Task The_rows_of_a_statement_become_metrics(string name, string statement)
    {
        using SqlSession session = Session();
        await RunAsync(session, $"-- @name: {name}\n-- @metric: {name}_rows\n-- @metric_condition: i > 90\n-- @metric: {name}_high\n-- @metric_type: gauge\n-- @metric_field: i\n{statement}");
        Assert.Equal(10, _values.Where(v => v.Name == $"{name}_rows" && v.Job == name).Sum(v => v.Value));
        Assert.Equal(100, _values.Last(v => v.Name == $"{name}_high").Value);
    }

    [Fact]
    public async Task The_rows_of_a_job_that_runs_on_become_metrics()
    {
        using SqlSession session = Session();
        File.WriteAllLines(Path.Combine(_folder.Path, "in.csv"), ["i", .. Enumerable.Range(1, 100).Select(i => $"{i}")]);
        session.Settings.Set("mode", "streaming", new ErrorPlace());
        StatementResult result = await session.ExecuteAsync(
            SqlParser.ParseStatement(new SourceText("-- @name: runs_on\n-- @batch_size: 10\n-- @metric: runs_on_rows\n-- @metric_field: i\nINSERT INTO 'stream/' SELECT i FROM 'in.csv'")),
            CancellationToken.None);
        RunSummary summary = await new PipelineRunner(result.Job!).RunAsync(CancellationToken.None);
        Assert.Equal((RunOutcome.Succeeded, "runs_on", 100), (summary.Outcome, summary.Job, summary.Rows));
        Assert.Equal(5050, _values.Where(v => v.Name == "runs_on_rows").Sum(v => v.Value));
    }

    [Fact]
    public async Task Metrics_that_are_switched_off_are_not_made()
    {
        using SqlSession session = Session();
        await RunAsync(session, "-- @observability.metrics.enabled: false\n-- @metric: off_rows\nSELECT 1 AS i");
        Assert.DoesNotContain(_values, v => v.Name == "off_rows");
    }

    [Fact]
    public async Task A_metric_above_a_statement_without_rows_is_an_error()
    {
        using SqlSession session = Session();
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => RunAsync(session, "-- @metric: none_rows\nCREATE VIEW v AS SELECT 1 AS i"));
        Assert.Equal(("MR5304", "The metric 'none_rows' stands above a statement that gives no rows."), (error.Code.Id, error.Message));
    }

    [Fact]
    public async Task The_size_of_a_batch_is_that_of_an_epoch_where_the_target_takes_several()
    {
        using SqlSession session = Session();
        RunSummary folder = await RunAsync(session, "-- @name: parts\n-- @version: 7\n-- @batch_size: 1000\nINSERT INTO 'out/' SELECT i FROM generate_series(1, 3500) AS t(i)");
        Assert.Equal(("parts", 4, 3500), (folder.Job, folder.Epochs, folder.Rows));
        RunSummary file = await RunAsync(session, "-- @batch_size: 1000\nINSERT INTO 'out.csv' SELECT i FROM generate_series(1, 3500) AS t(i)");
        Assert.Equal(("sql", 1, 3500), (file.Job, file.Epochs, file.Rows));
        RunSummary adaptive = await RunAsync(session, "-- @job_mode: adaptive\nINSERT INTO 'adaptive/' SELECT i FROM generate_series(1, 3500) AS t(i)");
        Assert.Contains("adaptive_size", adaptive.Batching);
        RunSummary whole = await RunAsync(session, "-- @job_mode: transactional\n-- @batch_size: 1000\nINSERT INTO 'whole/' SELECT i FROM generate_series(1, 3500) AS t(i)");
        Assert.Equal((1, 3500), (whole.Epochs, whole.Rows));
    }

    [Fact]
    public async Task A_target_that_cannot_commit_once_is_refused_where_that_is_asked_for()
    {
        using SqlSession session = Session();
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => RunAsync(session, "-- @job_mode: transactional\nINSERT INTO '-' WITH (format = 'csv') SELECT 1 AS i"));
        Assert.Equal("MR4013", error.Code.Id);
        Assert.StartsWith("The job asks for exactly once, and the target ", error.Message);
    }

    private SqlSession Session() => new(Composition.Connectors, _folder.Path);

    private static async Task<RunSummary> RunAsync(SqlSession session, string sql)
    {
        StatementResult result = await session.ExecuteAsync(SqlParser.ParseStatement(new SourceText(sql)), CancellationToken.None);
        await using (result)
        {
            if (result.Rows is not null)
            {
                await foreach (var batch in result.Rows)
                {
                    batch.Dispose();
                }
            }

            return result.Run!;
        }
    }
}
