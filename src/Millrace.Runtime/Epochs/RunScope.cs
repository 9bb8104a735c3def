using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>What lives as long as a run, through all its attempts: its id, figures, remarks and totals.</summary>
internal sealed class RunScope(string id, FailureSpec failure, RunProgress progress)
{
    private readonly List<string> _notes = [];

    public string Id => id;

    public RunProgress Progress => progress;

    public RowErrorLedger Ledger { get; } = new(failure, progress);

    public EpochTotals Totals { get; } = new();

    /// <summary>How epochs are closed, with the origin of each setting.</summary>
    public string? Batching { get; set; }

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

    public void Committed(Checkpoint checkpoint, CommitSummary commit)
    {
        Totals.Add(checkpoint.Epoch, commit);
        Ledger.Commit();
        progress.Commit();
    }

    public void Aborted()
    {
        Ledger.Abort();
        progress.Abort();
    }
}
