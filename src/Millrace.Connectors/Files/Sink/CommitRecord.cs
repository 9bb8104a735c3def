using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.Files;

/// <summary>A file of a commit.</summary>
/// <param name="Name">Name in the dataset.</param>
/// <param name="Staged">Name under which it waits for the commit.</param>
/// <param name="Rows">Rows in it.</param>
/// <param name="Bytes">Its size.</param>
internal sealed record CommittedFile(string Name, string Staged, long Rows, long Bytes);

/// <summary>
/// What one commit did. Once the record stands in the log the commit is decided: whoever comes next moves the files that
/// still wait to their names. <see cref="RecordText"/> is how it is stored.
/// </summary>
internal sealed record CommitRecord
{
    /// <summary>Place in the job's log, from 1.</summary>
    public required long Sequence { get; init; }

    /// <summary>The run that committed.</summary>
    public required string Run { get; init; }

    public required Checkpoint Checkpoint { get; init; }

    public required Schema Schema { get; init; }

    /// <summary>Whether the commit takes the place of all that was in the dataset, and has yet to remove it.</summary>
    public bool Replaces { get; init; }

    public required IReadOnlyList<CommittedFile> Files { get; init; }
}
