using Millrace.Runtime.Tests.Epochs;
using Millrace.Sdk;

namespace Millrace.Runtime.Tests.Observability;

/// <summary>
/// A job of 60 good and 4 bad rows in epochs of about 20 whose second commit fails once, on a clock that each commit moves by two seconds.
/// </summary>
internal sealed class ObservedRun : IDisposable
{
    public static readonly ErrorCode Reset = new("MR9001", "The connection was reset.", "", ErrorDomain.External, ErrorClass.Retryable);

    private readonly RunnerHarness _harness;
    private int _commits;

    public ObservedRun(string tenant, bool fails = true)
    {
        ReplayInput input = new ReplayInput(1) { MaxBatchRows = 10 }.AddKey(30).AddKey([.. Enumerable.Repeat(ReplayKind.Bad, 4), .. Enumerable.Repeat(ReplayKind.Good, 30)]);
        _harness = new RunnerHarness(input, new MemoryTarget { Remote = "memory:" + tenant })
        {
            Shape = p => p with
            {
                Tenant = tenant,
                Breakers = Breakers,
                Batch = new BatchSpec { Strategy = BatchStrategy.FixedSize, Size = 20 },
                Failure = new FailureSpec { Strategy = FailureStrategy.LogAndContinue, Retry = new RetrySpec { Jitter = RetryJitter.None }, Breaker = new BreakerSpec { Failures = 1, OpenFor = TimeSpan.FromSeconds(1) } },
            },
        };
        _harness.Target.OnStep = (step, _, _) =>
        {
            if (step == MemoryStep.Commit)
            {
                _harness.Time.Advance(TimeSpan.FromSeconds(2));
                OnCommit?.Invoke();
                if (fails && ++_commits == 2)
                {
                    throw new MillraceException(Reset, "The line is dead.") { Remote = _harness.Target.Remote };
                }
            }

            return ValueTask.CompletedTask;
        };
    }

    public RunnerHarness Harness => _harness;

    // Breakers of its own, on the clock of the run.
    private BreakerRegistry Breakers => field ??= new BreakerRegistry(_harness.Time);

    public Action? OnCommit { get; set; }

    public async Task<RunSummary> RunAsync(RunLog? log = null)
    {
        Task<RunSummary> run = new PipelineRunner(_harness.Pipeline(FaultPlan.None()), log: log).RunAsync(CancellationToken.None);
        await _harness.Time.DriveAsync(run).WaitAsync(TimeSpan.FromMinutes(1));
        return await run;
    }

    public void Dispose() => _harness.Dispose();
}
