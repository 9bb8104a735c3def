using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.Files;

/// <summary>A file of a commit.</summary>
/// <param name="Name">Name in the dataset.</param>
/// <param name="Staged">Name under which it waits for the commit.</param>
/// <param name="Rows">Rows in it.</param>
/// <param name="Bytes">Its size.</param>
internal sealed record CommittedFile(string Name, string Staged, long Rows, long Bytes);

/// <summary>What a record is for.</summary>
internal enum RecordKind
{
    /// <summary>An epoch of a run.</summary>
    Commit,

    /// <summary>Takes the number that another run would use next, so that it cannot commit any more. Changes no progress.</summary>
    Fence,

    /// <summary>Progress that a person set, with the files of epochs that are taken back.</summary>
    Rewind,

    /// <summary>Another job replaced the dataset: the rows of this one are gone, and its progress with them.</summary>
    Clear,
}

/// <summary>The first record that counts, since nothing of what earlier ones wrote is left.</summary>
/// <param name="Sequence">Its number.</param>
/// <param name="Epoch">Its epoch; 0 when it is none.</param>
internal readonly record struct LogStart(long Sequence, long Epoch);

/// <summary>
/// One step of a job's log. Once the record stands there the step is decided; whoever comes next carries out what is left
/// of it (<see cref="DatasetRecovery"/>). All that it names is fixed, so that carrying it out late, or twice, does no harm.
/// </summary>
internal sealed record CommitRecord
{
    /// <summary>Place in the job's log, from 1.</summary>
    public required long Sequence { get; init; }

    public required RecordKind Kind { get; init; }

    /// <summary>The run that wrote it.</summary>
    public required string Run { get; init; }

    /// <summary>Where the part of the log that counts begins.</summary>
    public required LogStart Begins { get; init; }

    /// <summary>Progress; null for none.</summary>
    public Checkpoint? Checkpoint { get; init; }

    /// <summary>Columns of the dataset as far as the job knows; null before its first commit.</summary>
    public Schema? Schema { get; init; }

    /// <summary>The commits that this one takes the place of: for each other job, by folder, the last of its records. Null unless it replaces.</summary>
    public IReadOnlyDictionary<string, long>? Replaces { get; init; }

    /// <summary>For a rewind, the last epoch whose rows stay.</summary>
    public long KeepThrough { get; init; } = long.MaxValue;

    /// <summary>For a rewind, the files that go.</summary>
    public IReadOnlyList<string> Removes { get; init; } = [];

    public IReadOnlyList<CommittedFile> Files { get; init; } = [];

    /// <summary>The record at or before this one that holds the whole checkpoint; those after it hold what changed.</summary>
    public long Whole { get; init; }
}
