using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>How far each split key was read, as of the rows handed to the sink. One thread uses it.</summary>
internal sealed class SplitLog
{
    private readonly Dictionary<string, SplitProgress> _splits = new(StringComparer.Ordinal);

    public SplitLog(Checkpoint? since)
    {
        foreach ((string key, SplitProgress progress) in since?.Splits ?? new Dictionary<string, SplitProgress>())
        {
            _splits[key] = progress;
        }
    }

    public void Advance(Split split, Position? position) => _splits[split.Key] = new SplitProgress(position, Done: false);

    /// <summary>The split has no more rows; its key is finished if it was the last of the key.</summary>
    public void End(Split split)
    {
        Position? position = split.EndPosition ?? (_splits.TryGetValue(split.Key, out SplitProgress? progress) ? progress.Position : null);
        _splits[split.Key] = new SplitProgress(position, split.EndsKey);
    }

    public IReadOnlyDictionary<string, SplitProgress> ToDictionary() => _splits;
}
