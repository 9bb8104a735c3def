using System.Diagnostics;
using Millrace.Runtime.Tests.Observability;
using Millrace.Sdk;

namespace Millrace.Runtime.Tests.DeadLetters;

public sealed class ReplayRunnerTests
{
    // The last of these rows is bad for ever.
    private static readonly long[] BadIds = [3, 4, 11, 19];

    [Fact]
    public async Task Letters_that_are_good_now_arrive_and_others_wait_with_one_attempt_more()
    {
        using var job = new Job();
        await job.RunAsync();

        ReplaySummary summary = await new ReplayRunner(job.Pipeline(FaultPlan.None()), new ReplaySelection()).RunAsync(CancellationToken.None);

        Assert.Null(summary.Error);
        Assert.Equal(RunOutcome.Partial, summary.Outcome);
        Assert.Equal((3, 3, 1, 1, 1), (summary.Replayed, summary.Rows, summary.Failed, summary.Waiting, summary.Epochs));
        Assert.Equal(job.RowsIn(Enumerable.Range(0, 20).Select(i => (long)i).Except([19])), job.Rows);
        DeadLetter left = Assert.Single(await job.LettersAsync());
        Assert.Equal("bad 19"u8, left.Raw.Span);
        Assert.Equal(2, left.Attempts);
        Assert.Equal("MR4001", left.Code);
        Assert.Equal("Row 19 is still bad.", left.Message);
    }

    [Fact]
    public async Task A_replay_is_watched_like_a_run()
    {
        const string tenant = "replayed";
        using var job = new Job();
        await job.RunAsync(tenant);
        using var metrics = new MetricRecorder(tenant);
        using var spans = new SpanRecorder(tenant);
        var log = new LogRecorder();

        ReplaySummary summary = await new ReplayRunner(job.Pipeline(FaultPlan.None()) with { Tenant = tenant }, new ReplaySelection(), new RunLog(log)).RunAsync(CancellationToken.None);

        Assert.Equal(["replay_started", "epoch_committed", "replay_ended"], log.Names);
        Assert.All(log.Events, e => Assert.Equal(("job", tenant, summary.RunId), (e.Fields["job"], e.Fields["tenant"], e.Fields["run"])));
        Assert.Equal(("partial", 3L, 1L), (log.Events[2].Fields["outcome"], log.Events[2].Fields["replayed"], log.Events[2].Fields["failed"]));
        Assert.Equal((1, 3, 3, 1), (metrics.Sum(Metrics.Replays), metrics.Sum(Metrics.LettersReplayed), metrics.Sum(Metrics.RowsWritten), metrics.Sum(Metrics.EpochsCommitted)));
        Assert.Equal("partial", Assert.Single(metrics.Of(Metrics.Replays)).Tags[Metrics.Outcome]);
        Activity root = Assert.Single(spans.Of(RunTrace.ReplaySpan));
        Activity epoch = Assert.Single(spans.Of(RunTrace.EpochSpan));
        Assert.Equal((root.SpanId, (object)job.Target.Last!.Epoch), (epoch.ParentSpanId, epoch.GetTagItem("epoch")));
        Assert.Equal(3L, root.GetTagItem("replayed"));
    }

    [Fact]
    public async Task A_replay_that_fails_says_so_to_whoever_watches()
    {
        const string tenant = "unreplayed";
        using var job = new Job();
        await job.RunAsync(tenant);
        job.Target.OnStep = (step, _, _) => step == MemoryStep.Commit ? throw new TimeoutException("too late") : ValueTask.CompletedTask;
        using var spans = new SpanRecorder(tenant);
        var log = new LogRecorder();

        ReplaySummary summary = await new ReplayRunner(job.Pipeline(FaultPlan.None()) with { Tenant = tenant }, new ReplaySelection(), new RunLog(log)).RunAsync(CancellationToken.None);

        Assert.Equal((RunOutcome.Failed, "MR4031"), (summary.Outcome, summary.Error?.Code.Id));
        Assert.Equal(["replay_started", "replay_failed"], log.Names);
        Assert.Equal("MR4031", log.Events[1].Fields["code"]);
        Assert.Equal([RunTrace.EpochSpan, RunTrace.ReplaySpan], spans.All.Where(s => s.Status == ActivityStatusCode.Error).Select(s => s.OperationName));
    }

    [Fact]
    public async Task The_positions_of_the_job_stay_where_they_are()
    {
        using var job = new Job();
        await job.RunAsync();
        Checkpoint before = job.Target.Last!;

        await new ReplayRunner(job.Pipeline(FaultPlan.None()), new ReplaySelection()).RunAsync(CancellationToken.None);
        await job.RunAsync();

        Assert.Equal(before.Epoch + 1, job.Target.Last!.Epoch);
        Assert.Equal(before.Splits, job.Target.Last.Splits);
        Assert.Equal(before.ReadComplete, job.Target.Last.ReadComplete);
        Assert.Equal(19, job.Rows.Count);
    }

    [Fact]
    public async Task A_replay_that_dies_at_any_step_writes_every_row_once()
    {
        int steps;
        using (var counted = new Job())
        {
            await counted.RunAsync();
            FaultPlan plan = FaultPlan.None();
            await new ReplayRunner(counted.Pipeline(plan), new ReplaySelection()).RunAsync(CancellationToken.None);
            steps = plan.Steps.Count;
        }

        Assert.True(steps > 15, $"{steps} steps");
        for (int step = 0; step < steps; step++)
        {
            using var job = new Job();
            await job.RunAsync();
            FaultPlan plan = FaultPlan.CrashAt(step);
            await Assert.ThrowsAsync<CrashException>(() => new ReplayRunner(job.Pipeline(plan), new ReplaySelection()).RunAsync(CancellationToken.None));
            Assert.True(plan.Crashed);
            await job.BuryAsync();

            ReplaySummary summary = await new ReplayRunner(job.Pipeline(FaultPlan.None()), new ReplaySelection()).RunAsync(CancellationToken.None);

            Assert.Null(summary.Error);
            Assert.Equal(1, summary.Waiting);
            Assert.Equal(job.RowsIn(Enumerable.Range(0, 20).Select(i => (long)i).Except([19])), job.Rows);
            Assert.Equal("bad 19", System.Text.Encoding.UTF8.GetString(Assert.Single(await job.LettersAsync()).Raw.Span));
        }
    }

    [Fact]
    public async Task A_target_that_was_taken_back_makes_replayed_letters_wait_again()
    {
        using var job = new Job();
        await job.RunAsync();
        await new ReplayRunner(job.Pipeline(FaultPlan.None()), new ReplaySelection()).RunAsync(CancellationToken.None);
        Assert.Single(await job.LettersAsync());

        job.Target = new MemoryTarget();
        await new ReplayRunner(job.Pipeline(FaultPlan.None()), new ReplaySelection { Filter = new LetterFilter { Codes = ["none"] } }).RunAsync(CancellationToken.None);

        Assert.Equal(BadIds.Length, (await job.LettersAsync()).Count);
    }

    [Fact]
    public async Task An_overwriting_job_is_run_again_instead()
    {
        using var job = new Job();

        ReplaySummary summary = await new ReplayRunner(job.Pipeline(FaultPlan.None()) with { WriteMode = WriteMode.Overwrite }, new ReplaySelection()).RunAsync(CancellationToken.None);

        Assert.Equal("MR4023", summary.Error?.Code.Id);
    }

    [Fact]
    public Task A_replay_leaks_nothing() => LeakCheck.RunAsync(async () =>
    {
        using var job = new Job();
        await job.RunAsync();
        await new ReplayRunner(job.Pipeline(FaultPlan.None()), new ReplaySelection()).RunAsync(CancellationToken.None);
    });

    private sealed class Job : IDisposable
    {
        private readonly TempFolder _folder = new(inMemory: true);
        private readonly List<FaultyStore> _stores = [];
        private readonly ManualTime _time = new();

        public ReplayInput Input { get; } = new ReplayInput(7).AddKey(Enumerable.Range(0, 20).Select(i => BadIds.Contains(i) ? ReplayKind.Bad : ReplayKind.Good));

        public MemoryTarget Target { get; set; } = new();

        public IReadOnlyList<string> Rows => [.. Target.Rows.Order(StringComparer.Ordinal)];

        public IReadOnlyList<string> RowsIn(IEnumerable<long> ids) => [.. ids.Select(id => $$"""{"id":{{id}},"name":"row {{id}}"}""").Order(StringComparer.Ordinal)];

        public Pipeline Pipeline(FaultPlan plan)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return new Pipeline
            {
                Job = "job",
                BaseDirectory = _folder.Path,
                Source = new Endpoint("replay", new FixableConnector(Input, id => id == 19), new NoOptions()),
                Sink = MemoryConnector.Endpoint(Target, plan),
                ReadMode = ReadMode.Incremental,
                Failure = new FailureSpec { Strategy = FailureStrategy.DeadLetter },
                Threads = 1,
                Time = _time,
                OpenLetters = store =>
                {
                    _stores.Add(new FaultyStore(store, plan));
                    return _stores[^1];
                },
            };
        }

        public async Task RunAsync(string tenant = "default")
            => Assert.Null((await new PipelineRunner(Pipeline(FaultPlan.None()) with { Tenant = tenant }).RunAsync(CancellationToken.None)).Error);

        public async Task<List<DeadLetter>> LettersAsync() => await Letters.ReadAsync(new Millrace.Storage.LocalStore(Path.Combine(_folder.Path, ".millrace", "dead-letters")));

        // A dead process holds no locks.
        public async Task BuryAsync()
        {
            foreach (FaultyStore store in _stores)
            {
                await store.DisposeAsync();
            }
        }

        public void Dispose() => _folder.Dispose();
    }
}
