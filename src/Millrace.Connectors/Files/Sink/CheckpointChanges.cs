using Millrace.Sdk;

namespace Millrace.Connectors.Files;

/// <summary>
/// What one checkpoint has other than the one before. A job that watches many files repeats the progress of all of them in
/// every checkpoint, and changes that of a few.
/// </summary>
internal static class CheckpointChanges
{
    /// <summary>The checkpoint with the splits only that are new or changed.</summary>
    public static Checkpoint Changed(Checkpoint before, Checkpoint after)
    {
        var changed = new Dictionary<string, SplitProgress>(StringComparer.Ordinal);
        foreach ((string key, SplitProgress progress) in after.Splits)
        {
            // Progress that did not move is mostly the same object.
            if (!before.Splits.TryGetValue(key, out SplitProgress? old) || (!ReferenceEquals(old, progress) && !old.Equals(progress)))
            {
                changed.Add(key, progress);
            }
        }

        return after with { Splits = changed };
    }

    /// <summary>The splits that the later checkpoint no longer has.</summary>
    public static IEnumerable<string> Gone(Checkpoint before, Checkpoint after) => before.Splits.Keys.Where(k => !after.Splits.ContainsKey(k));

    /// <summary>Puts a checkpoint together again.</summary>
    public static Checkpoint Apply(Checkpoint before, Checkpoint changed, IEnumerable<string> gone)
    {
        var splits = new Dictionary<string, SplitProgress>(before.Splits, StringComparer.Ordinal);
        foreach (string key in gone)
        {
            splits.Remove(key);
        }

        foreach ((string key, SplitProgress progress) in changed.Splits)
        {
            splits[key] = progress;
        }

        return changed with { Splits = splits };
    }
}
