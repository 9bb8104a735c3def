using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>How far each split key was read: as of the last commit, and as of the rows handed to the sink since. One thread uses it.</summary>
internal sealed class SplitLog
{
    private Dictionary<string, SplitProgress> _splits = new(StringComparer.Ordinal);
    private IReadOnlyDictionary<string, SplitProgress> _committed = new Dictionary<string, SplitProgress>();

    /// <summary>Whether anything moved since the last commit.</summary>
    public bool HasMoved { get; private set; }

    /// <summary>Begins where a checkpoint stands; null for the beginning.</summary>
    public void Start(Checkpoint? since)
    {
        _committed = since?.Splits ?? new Dictionary<string, SplitProgress>();
        Abort();
    }

    public void Advance(Split split, Position? position)
    {
        _splits[split.Key] = new SplitProgress(position, Done: false);
        HasMoved = true;
    }

    /// <summary>The split has no more rows; its key is finished if it was the last of the key.</summary>
    public void End(Split split)
    {
        _splits.TryGetValue(split.Key, out SplitProgress? before);
        var ended = new SplitProgress(split.EndPosition ?? before?.Position, split.EndsKey);
        HasMoved |= ended != before;
        _splits[split.Key] = ended;
    }

    /// <summary>Keys of which nobody will ask. There is no need for a commit of its own.</summary>
    public void Forget(IReadOnlyCollection<string> keys)
    {
        foreach (string key in keys)
        {
            _splits.Remove(key);
        }
    }

    /// <summary>Progress as it is now, which later calls leave as it is.</summary>
    public IReadOnlyDictionary<string, SplitProgress> Snapshot() => new Dictionary<string, SplitProgress>(_splits, StringComparer.Ordinal);

    /// <summary>The sink has committed a snapshot.</summary>
    public void Commit(IReadOnlyDictionary<string, SplitProgress> snapshot)
    {
        _committed = snapshot;
        HasMoved = false;
    }

    /// <summary>Goes back to the last commit.</summary>
    public void Abort()
    {
        _splits = new Dictionary<string, SplitProgress>(_committed, StringComparer.Ordinal);
        HasMoved = false;
    }
}
