using Millrace.Sdk;

namespace Millrace.TestKit;

/// <summary>One commit of a <see cref="MemoryTarget"/>.</summary>
/// <param name="Checkpoint">Committed with the rows.</param>
/// <param name="Rows">Rows that it made visible.</param>
public sealed record MemoryCommit(Checkpoint Checkpoint, int Rows);

/// <summary>What a <see cref="MemorySink"/> writes into: it outlives the runs, as a table does. Any thread may look.</summary>
public sealed class MemoryTarget
{
    private readonly Lock _lock = new();
    private readonly List<MemoryCommit> _commits = [];
    private readonly List<string> _rows = [];
    private readonly Dictionary<string, string> _byKey = new(StringComparer.Ordinal);
    private Checkpoint? _last;

    /// <summary>What its sink promises, and no more than that.</summary>
    public DeliveryGuarantee Guarantee { get; init; } = DeliveryGuarantee.ExactlyOnce;

    /// <summary>What the sink names as its remote.</summary>
    public string? Remote { get; init; }

    /// <summary>Called with the rows of a batch or a commit: stands for how long that takes.</summary>
    public Func<MemoryStep, int, CancellationToken, ValueTask>? OnStep { get; set; }

    /// <summary>Called when a writer forgets what it has staged.</summary>
    public Action? OnAbort { get; set; }

    /// <summary>The commits, the oldest first.</summary>
    public IReadOnlyList<MemoryCommit> Commits
    {
        get
        {
            lock (_lock)
            {
                return [.. _commits];
            }
        }
    }

    /// <summary>The rows that somebody else sees, as <see cref="ColumnText.Row"/> gives them.</summary>
    public IReadOnlyList<string> Rows
    {
        get
        {
            lock (_lock)
            {
                return Guarantee == DeliveryGuarantee.Idempotent ? [.. _byKey.Values] : [.. _rows];
            }
        }
    }

    /// <summary>The checkpoint of the last commit.</summary>
    public Checkpoint? Last
    {
        get
        {
            lock (_lock)
            {
                return _last;
            }
        }
    }

    /// <summary>Rows and checkpoint at once.</summary>
    internal void Commit(IReadOnlyList<string> rows, Checkpoint checkpoint, bool replaces)
    {
        lock (_lock)
        {
            if (replaces)
            {
                _rows.Clear();
                _byKey.Clear();
            }

            Add(rows);
            Keep(checkpoint, rows.Count);
        }
    }

    /// <summary>Rows alone, for targets that cannot do both in one step.</summary>
    internal void Add(IReadOnlyList<string> rows)
    {
        lock (_lock)
        {
            foreach (string row in rows)
            {
                if (Guarantee == DeliveryGuarantee.Idempotent)
                {
                    _byKey[row[..row.IndexOf(',', StringComparison.Ordinal)]] = row;
                }
                else
                {
                    _rows.Add(row);
                }
            }
        }
    }

    /// <summary>The checkpoint alone.</summary>
    internal void Keep(Checkpoint checkpoint, int rows)
    {
        lock (_lock)
        {
            if (_last is { } last && checkpoint.FencingToken < last.FencingToken)
            {
                throw ProgressErrors.Fenced.Error($"A run with token {last.FencingToken} has committed; this one has {checkpoint.FencingToken}.");
            }

            if (checkpoint.Epoch != (_last?.Epoch ?? 0) + 1)
            {
                throw new InvalidOperationException($"Epoch {checkpoint.Epoch} follows epoch {_last?.Epoch ?? 0}.");
            }

            // As from a disk: what is committed shares nothing with what the run goes on with.
            _last = Checkpoint.FromJson(checkpoint.ToJson(), new ErrorPlace());
            _commits.Add(new MemoryCommit(_last, rows));
        }
    }
}

/// <summary>What a writer is doing.</summary>
public enum MemoryStep
{
    Write,
    Commit,
}
