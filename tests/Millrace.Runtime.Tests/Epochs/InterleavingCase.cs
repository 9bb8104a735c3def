using System.Text.Json.Nodes;
using Millrace.Sdk;
using Millrace.TestKit;

namespace Millrace.Runtime.Tests.Epochs;

/// <summary>
/// A job and what befalls it, all of it drawn from a seed: input with bad rows and surprising types, batching, threads, faults,
/// stops, restarts, and input that grows meanwhile.
/// </summary>
internal sealed class InterleavingCase : IDisposable
{
    private const int MaxRuns = 40;

    private readonly int _seed;
    private readonly Random _random;
    private readonly RunnerHarness _harness;
    private readonly bool _grows;
    private readonly bool _follows;
    private readonly bool _letters;
    private readonly double _badShare;
    private readonly double _wideShare;
    private readonly List<string> _history = [];
    private int _growths;
    private int _untilStop;
    private Action _stop = static () => { };

    public InterleavingCase(int seed)
    {
        _seed = seed;
        _random = new Random(seed);
        bool isIncremental = Chance(0.6);
        _grows = isIncremental && Chance(0.5);
        _follows = _grows && Chance(0.5);
        _letters = Chance(0.4);
        bool logs = !_letters && Chance(0.3);
        _badShare = _letters || logs ? _random.NextDouble() * 0.3 : 0;
        bool hasValue = Chance(0.4);
        _wideShare = hasValue && Chance(0.7) ? 0.05 : 0;
        _growths = _grows ? _random.Next(1, 5) : 0;
        var input = new ReplayInput(seed) { SplitRows = _random.Next(1, 30), MaxBatchRows = _random.Next(1, 12), Grows = _grows, HasValue = hasValue };
        for (int keys = _random.Next(1, 5); keys > 0; keys--)
        {
            input.AddKey(Rows());
        }

        var target = new MemoryTarget { Guarantee = Chance(0.8) ? DeliveryGuarantee.ExactlyOnce : DeliveryGuarantee.Idempotent };
        _harness = new RunnerHarness(input, target);
        BatchSpec? batch = Batch();
        int threads = _random.Next(1, 5);
        FailureStrategy strategy = _letters ? FailureStrategy.DeadLetter : logs ? FailureStrategy.LogAndContinue : FailureStrategy.FailBatch;
        RetrySpec? retry = Chance(0.3) ? new RetrySpec() : null;
        _harness.Shape = p => p with
        {
            Batch = batch,
            Threads = threads,
            ReadMode = isIncremental ? ReadMode.Incremental : ReadMode.Full,
            Follows = _follows,
            Failure = new FailureSpec { Strategy = strategy, Retry = retry },
        };
        input.OnRead = _ => Pass(40);
        input.OnIdle = _ => Idle();
        target.OnStep = (_, _, _) => Pass(60);
        _history.Add($"{batch?.Strategy.ToString() ?? "no batching"}, {threads} threads, {(isIncremental ? "incremental" : "full")}{(_follows ? ", follows" : "")}, {strategy}, {target.Guarantee}, retries {retry is not null}");
    }

    /// <summary>What happened, for a failure.</summary>
    public string Story => $"seed {_seed}: {string.Join("; ", _history)}";

    public async Task RunAsync()
    {
        ReplayInput input = _harness.Input;
        MemoryTarget target = _harness.Target;
        for (int run = 0; ; run++)
        {
            Assert.True(run < MaxRuns, $"{Story}: the job does not get through.");
            bool isCalm = run >= 6;
            if (isCalm)
            {
                _growths = 0;
            }

            FaultPlan plan = isCalm || Chance(0.2) ? FaultPlan.None() : FaultPlan.At((int)Math.Exp(_random.NextDouble() * 5.5), (FaultKind)_random.Next(3));
            using var stop = new CancellationTokenSource();
            _untilStop = !isCalm && Chance(0.3) ? _random.Next(1, 30) : int.MaxValue;
            _stop = stop.Cancel;
            RunSummary? summary = await RunAsync(plan, stop.Token);
            _history.Add($"run {run}: {plan}{(stop.IsCancellationRequested ? ", stopped" : "")} -> {(summary is null ? "dead" : summary.Error?.Code.Id ?? summary.Outcome.ToString())} with {target.Rows.Count} rows in {target.Commits.Count} epochs");
            Check(DeliveryOracle.FaultHalfWay(DeliveryGuarantee.ExactlyOnce, input.GoodRows, Canonical()));
            bool isThrough = _harness.Pipeline(plan).ReadMode == ReadMode.Full
                ? target.Last is { ReadComplete: true }
                : summary is { Outcome: not RunOutcome.Failed } && !stop.IsCancellationRequested && !plan.Hung.IsCompleted;
            if (isThrough || (_follows && isCalm && summary is { Error: null }))
            {
                break;
            }

            if (_growths > 0 && Chance(0.3))
            {
                Grow();
            }

            _harness.Time.StepClock(TimeSpan.FromSeconds(_random.Next(-100, 100)));
        }

        Check(DeliveryOracle.Fault(DeliveryGuarantee.ExactlyOnce, input.GoodRows, Canonical()));
        if (!_grows && target.Guarantee == DeliveryGuarantee.ExactlyOnce)
        {
            Assert.True(input.GoodRows.SequenceEqual(Canonical()), $"{Story}: the rows are in another order.");
        }

        if (target.Guarantee == DeliveryGuarantee.ExactlyOnce)
        {
            Check(DeliveryOracle.Fault(DeliveryGuarantee.ExactlyOnce, _letters ? input.BadRows : [], Letters()), "letters: ");
        }

        Assert.True(input.Acknowledged.Count == 0 || input.Acknowledged.Max() <= target.Last!.Epoch, $"{Story}: the source was told of epochs that are not committed.");
    }

    public void Dispose() => _harness.Dispose();

    private async Task<RunSummary?> RunAsync(FaultPlan plan, CancellationToken stop)
    {
        Task<RunSummary?> run = InterruptedRun.RunAsync(_harness.Pipeline(plan), plan, _harness.Time, stop);

        // Delays between attempts, and the poll of a run that follows, pass when nothing else does. A run that is to stop waits for
        // nothing, and a clock that went on would let its deadline pass while it works.
        while (!run.IsCompleted)
        {
            if (!stop.IsCancellationRequested)
            {
                _harness.Time.Advance(TimeSpan.FromSeconds(1));
            }

            await Task.Yield();
        }

        return await run;
    }

    // Every step of source and target takes a while, and somewhere among them somebody stops the run.
    private ValueTask Pass(int milliseconds)
    {
        lock (_history)
        {
            _harness.Time.Advance(TimeSpan.FromMilliseconds(_random.Next(milliseconds)));
            if (--_untilStop == 0)
            {
                _stop();
            }
        }

        return ValueTask.CompletedTask;
    }

    // A run that follows has read all there is: there is more, or somebody stops it.
    private ValueTask Idle()
    {
        lock (_history)
        {
            if (_growths > 0)
            {
                Grow();
            }
            else
            {
                _untilStop = -1;
                _stop();
            }
        }

        return ValueTask.CompletedTask;
    }

    private void Grow()
    {
        _growths--;
        if (Chance(0.5))
        {
            _harness.Input.AddKey(Rows());
        }
        else
        {
            _harness.Input.Append(_random.Next(_harness.Input.Snapshot().Count), Rows());
        }
    }

    private List<ReplayKind> Rows()
        => [.. Enumerable.Range(0, _random.Next(0, 50)).Select(_ => Chance(_badShare) ? ReplayKind.Bad : Chance(_wideShare) ? ReplayKind.Wide : ReplayKind.Good)];

    private BatchSpec? Batch() => _random.Next(6) switch
    {
        0 => new BatchSpec { Strategy = BatchStrategy.FixedSize, Size = _random.Next(1, 60) },
        1 => new BatchSpec { Strategy = BatchStrategy.TimeWindow, Window = TimeSpan.FromMilliseconds(_random.Next(1, 1000)) },
        2 => new BatchSpec { Strategy = BatchStrategy.AdaptiveSize, MinSize = _random.Next(1, 10), MaxSize = _random.Next(10, 100) },
        3 => new BatchSpec { Strategy = BatchStrategy.MemoryBased, Memory = new ByteSize(_random.Next(1, 2000)) },
        4 => new BatchSpec { Strategy = BatchStrategy.LowLatency },
        _ => null,
    };

    private List<string> Canonical() => [.. _harness.Target.Rows.Select(ReplayInput.Canonical)];

    private IReadOnlyList<string> Letters()
    {
        // Those of a run that died right behind its last commit wait for the next one to be settled.
        string pending = $"/pending-{_harness.Target.Last!.Epoch:D12}-{_harness.Target.Last.Notes[CheckpointNotes.Run]}";
        var raw = new List<string>();
        foreach (string file in _harness.Folder.Files().Where(f => f.Contains("/letters-", StringComparison.Ordinal) || f.Contains(pending, StringComparison.Ordinal)))
        {
            raw.AddRange(File.ReadLines(_harness.Folder[file]).Select(l => JsonNode.Parse(l)!).Where(l => (string?)l["event"] == "letter").Select(l => (string)l["raw"]!));
        }

        return raw;
    }

    private bool Chance(double share) => _random.NextDouble() < share;

    private void Check(string? fault, string of = "") => Assert.True(fault is null, $"{Story}: {of}{fault}");
}
