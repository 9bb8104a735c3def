using System.Text.Json.Nodes;

namespace Millrace.Runtime.Tests.Observability;

public class RunMetricsTests
{
    [Fact]
    public async Task The_values_are_what_the_run_did()
    {
        using var recorder = new MetricRecorder("values");
        using var run = new ObservedRun("values", fails: false);

        RunSummary summary = await run.RunAsync();

        MemoryTarget target = run.Harness.Target;
        Assert.Equal((RunOutcome.Partial, 60, 64), (summary.Outcome, target.Rows.Count, recorder.Sum(Metrics.RowsRead)));
        Assert.Equal(60, recorder.Sum(Metrics.RowsWritten));
        Assert.Equal((4, 0), (recorder.Sum(Metrics.RowsBad), recorder.Sum(Metrics.DeadLetters)));
        Assert.Equal(target.Commits.Count, recorder.Sum(Metrics.EpochsCommitted));
        Assert.Equal(target.Commits.Select(c => (double)c.Rows), recorder.Of(Metrics.EpochRows).Select(v => v.Value));
        Assert.Equal(target.Commits.Select(_ => 2.0), recorder.Of(Metrics.CommitDuration).Select(v => v.Value));
        Assert.Equal(summary.BytesRead, recorder.Sum(Metrics.BytesRead));
        Assert.Equal(summary.BytesWritten, recorder.Sum(Metrics.BytesWritten));
        Assert.Equal((0, 0), (recorder.Sum(Metrics.EpochsAborted), recorder.Sum(Metrics.Retries)));
        RecordedValue ended = Assert.Single(recorder.Of(Metrics.Runs));
        Assert.Equal((1.0, "partial"), (ended.Value, ended.Tags[Metrics.Outcome]));
        Assert.Equal(summary.Duration.TotalSeconds, Assert.Single(recorder.Of(Metrics.RunDuration)).Value);
    }

    [Fact]
    public async Task What_is_tried_again_counts_once_where_it_is_committed_and_again_where_it_is_read()
    {
        using var recorder = new MetricRecorder("again");
        using var run = new ObservedRun("again");

        RunSummary summary = await run.RunAsync();

        Assert.Equal((RunOutcome.Partial, 1), (summary.Outcome, summary.Retries));
        RecordedValue retry = Assert.Single(recorder.Of(Metrics.Retries));
        Assert.Equal(ObservedRun.Reset.Id, retry.Tags[Metrics.ErrorType]);
        Assert.Equal((60, 4, 1), (recorder.Sum(Metrics.RowsWritten), recorder.Sum(Metrics.RowsBad), recorder.Sum(Metrics.EpochsAborted)));
        Assert.True(recorder.Sum(Metrics.RowsRead) > 64);
        Assert.Equal(run.Harness.Target.Commits.Count, recorder.Sum(Metrics.EpochsCommitted));
    }

    [Fact]
    public async Task Every_metric_of_the_table_is_published_as_the_table_says_and_no_other()
    {
        using var recorder = new MetricRecorder("table");
        using var run = new ObservedRun("table");

        await run.RunAsync();

        Assert.Equal(
            Metrics.All.Select(m => (m.Name, m.Unit, m.Description)).Order(),
            recorder.Instruments.Select(i => (i.Name, i.Unit!, i.Description!)).Order());
        Assert.All(recorder.Instruments, i =>
        {
            string kind = i.GetType().Name.Replace("Observable", "", StringComparison.Ordinal).Split('`')[0];
            Assert.Equal(Metrics.All.Single(m => m.Name == i.Name).Kind.ToString(), kind);
        });
    }

    [Fact]
    public async Task Tags_are_those_of_the_table_and_have_few_values_however_many_files_epochs_and_runs_there_are()
    {
        using var recorder = new MetricRecorder("few");
        for (int i = 0; i < 5; i++)
        {
            using var run = new ObservedRun("few");
            await run.RunAsync();
        }

        Assert.All(recorder.All, v => Assert.Equal(Metrics.All.Single(m => m.Name == v.Name).Tags.Order(StringComparer.Ordinal), v.Tags.Keys.Order(StringComparer.Ordinal)));
        IEnumerable<string> series = recorder.All.Select(v => $"{v.Name} {string.Join(' ', v.Tags.Select(t => $"{t.Key}={t.Value}"))}").Distinct();
        Assert.Equal(recorder.All.Select(v => v.Name).Distinct().Count(), series.Count());
    }

    [Fact]
    public async Task A_run_is_active_until_it_ends()
    {
        using var recorder = new MetricRecorder("active");
        using var run = new ObservedRun("active", fails: false);
        run.OnCommit = recorder.Observe;

        await run.RunAsync();

        Assert.Equal(run.Harness.Target.Commits.Select(_ => 1.0), recorder.Of(Metrics.RunsActive).Select(v => v.Value));
        int before = recorder.Of(Metrics.RunsActive).Count;
        recorder.Observe();
        Assert.Equal(before, recorder.Of(Metrics.RunsActive).Count);
    }

    [Fact]
    public async Task The_summary_has_the_latencies_of_commits()
    {
        using var run = new ObservedRun("summary");

        RunSummary summary = await run.RunAsync();

        JsonObject metrics = summary.ToJson()["metrics"]!.AsObject();
        Assert.Equal((run.Harness.Target.Commits.Count, 1), ((long)metrics["epochs_committed"]!, (long)metrics["epochs_aborted"]!));
        Assert.Equal((2.0, 2.0, 2.0), ((double)metrics["commit_seconds"]!["p50"]!, (double)metrics["commit_seconds"]!["p99"]!, (double)metrics["commit_seconds"]!["max"]!));
        Assert.True((double)metrics["rows_per_second"]! > 0);
    }
}
