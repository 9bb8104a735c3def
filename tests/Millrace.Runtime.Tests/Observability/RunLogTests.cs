using Microsoft.Extensions.Logging;

namespace Millrace.Runtime.Tests.Observability;

public class RunLogTests
{
    [Fact]
    public async Task What_happens_is_logged_in_its_order_with_job_tenant_and_run()
    {
        var log = new LogRecorder();
        using var run = new ObservedRun("logged");

        RunSummary summary = await run.RunAsync(new RunLog(log));

        int commits = run.Harness.Target.Commits.Count;
        Assert.Equal(["run_started", "attempt_started", "epoch_committed"], log.Names.Take(3));
        Assert.Equal("run_ended", log.Names[^1]);
        Assert.Equal(commits, log.Names.Count(n => n == "epoch_committed"));
        Assert.All(log.Events, e => Assert.Equal(("job", "logged", summary.RunId), (e.Fields["job"], e.Fields["tenant"], e.Fields["run"])));
        Assert.Equal(run.Harness.Target.Commits.Select(c => (object)c.Checkpoint.Epoch), log.Of("epoch_committed").Select(e => e.Fields["epoch"]));
        Assert.Equal("fixed_size (user), size 20 (user)", log.Of("attempt_started")[0].Fields["batching"]);
        Assert.Equal((60L, 4L, 1), (log.Of("run_ended")[0].Fields["rows"], log.Of("run_ended")[0].Fields["bad_rows"], log.Of("run_ended")[0].Fields["retries"]));
    }

    [Fact]
    public async Task Retries_breakers_and_bad_rows_are_warnings()
    {
        var log = new LogRecorder();
        using var run = new ObservedRun("warned");

        await run.RunAsync(new RunLog(log));

        LoggedEvent retry = Assert.Single(log.Of("retry"));
        Assert.Equal((LogLevel.Warning, "MR9001", 1.0), (retry.Level, retry.Fields["code"], retry.Fields["seconds"]));
        LoggedEvent bad = Assert.Single(log.Of("bad_rows"));
        Assert.Equal((LogLevel.Warning, 4L), (bad.Level, bad.Fields["bad_rows"]));
        Assert.Contains("is bad", (string)bad.Fields["reason"]!, StringComparison.Ordinal);
        Assert.Equal(["open", "half_open", "closed"], log.Of("breaker_changed").Select(e => e.Fields["state"]));
        Assert.Equal("MR9001", Assert.Single(log.Of("epoch_aborted")).Fields["code"]);
    }

    [Fact]
    public async Task A_run_that_fails_ends_with_an_error()
    {
        var log = new LogRecorder();
        using var run = new ObservedRun("failed");
        run.Harness.Shape = WithoutRetries(run.Harness.Shape);

        await run.RunAsync(new RunLog(log));

        LoggedEvent end = log.Events[^1];
        Assert.Equal(("run_failed", LogLevel.Error, "MR9001", 1), (end.Name, end.Level, end.Fields["code"], end.Fields["epochs"]));
    }

    private static Func<Pipeline, Pipeline> WithoutRetries(Func<Pipeline, Pipeline> shape)
        => p => shape(p) with { Failure = new FailureSpec { Strategy = FailureStrategy.LogAndContinue } };
}
