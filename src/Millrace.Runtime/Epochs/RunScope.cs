using Millrace.Formats;
using Millrace.Runtime.Contracts;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>What lives as long as a run, through all its attempts: its id, figures, remarks, totals and limits.</summary>
internal sealed class RunScope
{
    // A run that goes on for months has remarks without end.
    private const int MaxNotes = 200;

    private readonly bool _readsAll;
    private readonly List<string> _notes = [];
    private bool _saidNothingYet;
    private readonly HashSet<string> _warned = [];
    private string? _lastRetry;
    private long _brokenOff;
    private string? _lastBrokenOff;

    public RunScope(string id, Pipeline pipeline, RunProgress progress, RunLog? log)
    {
        Id = id;
        Progress = progress;
        Ledger = new RowErrorLedger(pipeline.Failure, progress);
        Pace = new JobPace(pipeline.Limits, pipeline.Time);
        Stages = new RunStages(pipeline.Limits, pipeline.Time, Stalled);
        Telemetry = new RunTelemetry(pipeline, id, progress, log);
        _readsAll = pipeline.ReadMode == ReadMode.Full;
        Contract = pipeline.Contract is { } contract ? new ContractRun(contract) : null;
    }

    public string Id { get; }

    public RunProgress Progress { get; }

    public RowErrorLedger Ledger { get; }

    public JobPace Pace { get; }

    public RunStages Stages { get; }

    public RunTelemetry Telemetry { get; }

    /// <summary>What rows are held against; null for nothing.</summary>
    public ContractRun? Contract { get; }

    public EpochTotals Totals { get; } = new();

    /// <summary>How epochs are closed, with the origin of each setting.</summary>
    public string? Batching { get; set; }

    /// <summary>Fencing token of the last attempt; 0 before the first.</summary>
    public long Token { get; set; }

    /// <summary>Attempts that failed and were followed by another.</summary>
    public int Retries { get; private set; }

    /// <summary>Called when the run has got on, so that trouble it had before no longer counts.</summary>
    public Action? OnProgress { get; set; }

    public IReadOnlyList<string> Notes
    {
        get
        {
            lock (_notes)
            {
                List<string> all = [.. _notes, .. Contract?.Notes() ?? []];
                if (_lastBrokenOff is not null)
                {
                    all.Add($"input went or changed before it was read {Times(_brokenOff)}, and was left to the next look: {_lastBrokenOff}");
                }

                if (_lastRetry is not null)
                {
                    all.Add($"tried again {Times(Retries)}, the last time after: {_lastRetry}");
                }

                return all;
            }
        }
    }

    /// <summary>The run waits for its first input. The user hears of it once: the path may be wrong.</summary>
    /// <param name="awaited">What is not there yet; null if that is not known.</param>
    public void NothingYet(string? awaited)
    {
        if (!_saidNothingYet)
        {
            _saidNothingYet = true;
            Progress.Notice(awaited is null ? "there is nothing to read yet; the run waits for it" : $"nothing to read yet, waiting: {awaited}");
        }
    }

    /// <summary>What the user has to know while a run goes on. It is said once.</summary>
    public void Warn(string warning)
    {
        if (_warned.Add(warning))
        {
            Progress.Notice(warning);
        }
    }

    /// <summary>Keeps a remark for the summary, once. Any thread may call.</summary>
    public void Note(string note)
    {
        lock (_notes)
        {
            if (_notes.Contains(note))
            {
                return;
            }

            _notes.Add(note);
            if (_notes.Count > MaxNotes)
            {
                _notes.RemoveAt(0);
            }
        }

        Telemetry.Noted(note);
    }

    /// <summary>An attempt failed and another follows. The user hears of each, the summary says how many there were.</summary>
    /// <param name="error">What ended the attempt.</param>
    /// <param name="failures">Attempts that failed since the last commit; 0 when an open breaker held them back.</param>
    /// <param name="delay">Time until the next one.</param>
    public void Retry(MillraceException error, int failures, TimeSpan delay)
    {
        lock (_notes)
        {
            Retries++;
            _lastRetry = error.Describe();
        }

        Telemetry.Retried(failures, delay, error);
        string what = error.Code == RuntimeErrors.CircuitOpen ? "held back" : $"attempt {failures} failed";
        Progress.Notice($"{what}, tried again in {Shown(delay)}: {error.Describe()}");
    }

    /// <summary>Input of a run that follows went or changed before it was read. That may happen every second for months.</summary>
    public void BrokenOff(Split split, MillraceException error)
    {
        lock (_notes)
        {
            _brokenOff++;
            _lastBrokenOff = error.Describe();
        }

        Telemetry.BrokenOff(split, error);
    }

    private static string Times(long count) => count == 1 ? "1 time" : $"{count} times";

    private void Stalled(string what)
    {
        Telemetry.Stalled(what);
        Note(what);
        Progress.Notice(what);
    }

    // Nobody reads milliseconds of minutes.
    private static string Shown(TimeSpan delay) => Duration.Format(delay.TotalSeconds < 10
        ? TimeSpan.FromMilliseconds(Math.Round(delay.TotalMilliseconds))
        : TimeSpan.FromSeconds(Math.Round(delay.TotalSeconds)));

    /// <summary>The run begins something that should end soon.</summary>
    /// <param name="stage">A word or two, for the progress.</param>
    /// <param name="what">The same in full, for the case that it does not end.</param>
    public void Work(string stage, string what)
    {
        Progress.Stage = stage;
        Stages.Write.Work(what);
    }

    /// <summary>The run waits, and that is as it should be.</summary>
    public void Rest(string stage)
    {
        Stages.Write.Rest();
        Progress.Stage = stage;
    }

    /// <summary>
    /// Whether a checkpoint found at recovery is the last one of this very run, whose commit failed half-way without saying
    /// that it had succeeded. Beginning a full read anew would then write everything twice.
    /// </summary>
    public bool FindOwn(Checkpoint found)
    {
        if (Token != 0 && found.FencingToken > Token)
        {
            TakeUp(found);
            return false;
        }

        if (SetProgress.IsMarked(found) || found.FencingToken != Token || found.Epoch == Totals.LastEpoch)
        {
            return false;
        }

        Note($"epoch {found.Epoch} was committed although its commit reported an error; its rows are not in the counts");
        Totals.Add(found.Epoch, new CommitSummary(0, 0, []));
        return found.ReadComplete && _readsAll;
    }

    // Tokens only grow, so a greater one than that of this run's last attempt is of somebody who came after it.
    private void TakeUp(Checkpoint found)
    {
        if (SetProgress.RunToken(found) > Token)
        {
            throw ProgressErrors.Fenced.Error("Another run of the job has committed since the last attempt of this one.");
        }

        // Whether a read of everything was complete before, and by whose reading, cannot be told any more.
        if (_readsAll && found.ReadComplete)
        {
            throw ProgressErrors.Fenced.Error("The progress of the job was set since the last attempt of this run, which reads everything.", hint: "Run the job again.");
        }

        string note = $"a command has set the progress of the job while this run waited to try again; it goes on behind epoch {found.Epoch}";
        Note(note);
        Progress.Notice(note);
    }

    /// <param name="checkpoint">What is committed.</param>
    /// <param name="commit">What the sink says of it.</param>
    /// <param name="size">Size of the epoch.</param>
    /// <param name="took">Time that the commit took.</param>
    public void Committed(Checkpoint checkpoint, CommitSummary commit, EpochSize size, TimeSpan took)
    {
        Telemetry.EpochCommitted(checkpoint, size, commit, Ledger, took);
        Totals.Add(checkpoint.Epoch, commit);
        Ledger.Commit();
        Contract?.Committed();
        Progress.Commit();
        OnProgress?.Invoke();
    }

    /// <summary>All there is was read, and nothing of it waits for a commit: source and target are both well.</summary>
    public void CaughtUp() => OnProgress?.Invoke();

    /// <summary>A column has another type than it seemed to have.</summary>
    public void Widened(SchemaWideningException e)
    {
        Telemetry.Widened(e.Column, e.To, e.From);
        Note(e.From is null
            ? $"column '{e.Column}' is new, of type {e.To}: {e.Place} holds its first value"
            : $"column '{e.Column}' is read as {e.To}: {e.Place} holds a value that {e.From} cannot hold");
    }

    public void Aborted()
    {
        Ledger.Abort();
        Contract?.Aborted();
        Progress.Abort();
    }
}
