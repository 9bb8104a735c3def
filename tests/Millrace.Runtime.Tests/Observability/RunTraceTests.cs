using System.Diagnostics;

namespace Millrace.Runtime.Tests.Observability;

public class RunTraceTests
{
    [Fact]
    public async Task Epochs_lie_in_their_attempt_and_attempts_in_their_run()
    {
        using var spans = new SpanRecorder("trace");
        using var run = new ObservedRun("trace");

        RunSummary summary = await run.RunAsync();

        Activity root = Assert.Single(spans.Of(RunTrace.RunSpan));
        Activity[] attempts = spans.Of(RunTrace.AttemptSpan);
        Activity[] epochs = spans.Of(RunTrace.EpochSpan);
        Assert.Equal(2, attempts.Length);
        Assert.All(attempts, a => Assert.Equal(root.SpanId, a.ParentSpanId));
        Assert.Equal([attempts[0].SpanId, attempts[0].SpanId], epochs.Take(2).Select(e => e.ParentSpanId));
        Assert.All(epochs.Skip(2), e => Assert.Equal(attempts[1].SpanId, e.ParentSpanId));
        Assert.All(spans.All, s => Assert.Equal((root.TraceId, summary.RunId, "job"), (s.TraceId, s.GetTagItem("run"), s.GetTagItem("job"))));
        Assert.All(spans.All, s => Assert.True(s.StartTimeUtc >= root.StartTimeUtc && s.StartTimeUtc + s.Duration <= root.StartTimeUtc + root.Duration));

        long[] committed = [.. epochs.Where(e => e.GetTagItem("aborted") is null).Select(e => (long)e.GetTagItem("epoch")!)];
        Assert.Equal(run.Harness.Target.Commits.Select(c => c.Checkpoint.Epoch), committed);
        Assert.Equal(run.Harness.Target.Commits.Select(c => (long)c.Rows), epochs.Where(e => e.GetTagItem("aborted") is null).Select(e => (long)e.GetTagItem("rows")!));
        Assert.All(epochs, e => Assert.True(e.Duration >= TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public async Task An_error_is_the_status_of_the_epoch_and_the_attempt_and_not_of_the_run_that_got_over_it()
    {
        using var spans = new SpanRecorder("status");
        using var run = new ObservedRun("status");

        await run.RunAsync();

        Activity[] failed = [.. spans.All.Where(s => s.Status == ActivityStatusCode.Error)];
        Assert.Equal([RunTrace.EpochSpan, RunTrace.AttemptSpan], failed.Select(s => s.OperationName));
        Assert.All(failed, s => Assert.Equal(ObservedRun.Reset.Id, s.GetTagItem(Metrics.ErrorType)));
        Assert.Equal("partial", Assert.Single(spans.Of(RunTrace.RunSpan)).GetTagItem("outcome"));
    }

    [Fact]
    public async Task A_call_of_the_sink_in_a_commit_stands_below_the_epoch()
    {
        using var spans = new SpanRecorder("below");
        using var run = new ObservedRun("below", fails: false);
        var inside = new List<string?>();
        run.OnCommit = () => inside.Add(Activity.Current?.OperationName);

        await run.RunAsync();

        Assert.NotEmpty(inside);
        Assert.All(inside, name => Assert.Equal(RunTrace.EpochSpan, name));
    }
}
