using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>What lives as long as a run, through all its attempts: its id, figures, remarks and totals.</summary>
internal sealed class RunScope(string id, FailureSpec failure, bool readsAll, RunProgress progress)
{
    private readonly List<string> _notes = [];

    public string Id => id;

    public RunProgress Progress => progress;

    public RowErrorLedger Ledger { get; } = new(failure, progress);

    public EpochTotals Totals { get; } = new();

    /// <summary>How epochs are closed, with the origin of each setting.</summary>
    public string? Batching { get; set; }

    /// <summary>Fencing token of the last attempt; 0 before the first.</summary>
    public long Token { get; set; }

    /// <summary>Attempts that failed and were followed by another.</summary>
    public int Retries { get; set; }

    /// <summary>Called at every commit.</summary>
    public Action? OnCommitted { get; set; }

    public IReadOnlyList<string> Notes
    {
        get
        {
            lock (_notes)
            {
                return [.. _notes];
            }
        }
    }

    /// <summary>Keeps a remark for the summary, once. Any thread may call.</summary>
    public void Note(string note)
    {
        lock (_notes)
        {
            if (!_notes.Contains(note))
            {
                _notes.Add(note);
            }
        }
    }

    /// <summary>
    /// Whether a checkpoint found at recovery is the last one of this very run, whose commit failed half-way without saying
    /// that it had succeeded. Beginning a full read anew would then write everything twice.
    /// </summary>
    public bool FindOwn(Checkpoint found)
    {
        if (found.FencingToken != Token || found.Epoch == Totals.LastEpoch)
        {
            return false;
        }

        Note($"epoch {found.Epoch} was committed although its commit reported an error; its rows are not in the counts");
        Totals.Add(found.Epoch, new CommitSummary(0, 0, []));
        return found.ReadComplete && readsAll;
    }

    public void Committed(Checkpoint checkpoint, CommitSummary commit)
    {
        Totals.Add(checkpoint.Epoch, commit);
        Ledger.Commit();
        progress.Commit();
        OnCommitted?.Invoke();
    }

    public void Aborted()
    {
        Ledger.Abort();
        progress.Abort();
    }
}
