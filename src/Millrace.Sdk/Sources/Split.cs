namespace Millrace.Sdk;

/// <summary>
/// What can be read by itself: a partition, a key range, a file, a range of a file. Sources subclass it to carry what
/// their readers need.
/// </summary>
public record Split
{
    /// <summary>Unique within a plan and the same in every plan over the same input.</summary>
    public required string Id { get; init; }

    /// <summary>
    /// The name under which a checkpoint keeps progress. Ranges of one file share a key: they are emitted in their order,
    /// so one position says how far the file was read.
    /// </summary>
    public string Key { get => field ?? Id; init; }

    /// <summary>Whether the key is finished when this split is.</summary>
    public bool EndsKey { get; init; } = true;

    /// <summary>Position to record when the split is finished; null keeps the position of its last batch.</summary>
    public Position? EndPosition { get; init; }

    /// <summary>Bytes, for progress and for dealing out work; null when unknown.</summary>
    public long? Bytes { get; init; }
}
