using System.Collections.Immutable;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// What one commit does to the files of a table. Which files go is asked of the table as it is when the commit is made, so that a commit
/// that was overtaken by another judges anew.
/// </summary>
public sealed record FileChange
{
    /// <summary><c>append</c>, <c>overwrite</c>, <c>delete</c> or <c>replace</c> (specification, "Snapshots").</summary>
    public required string Operation { get; init; }

    /// <summary>Files of rows to add.</summary>
    public IReadOnlyList<DataFile> Added { get; init; } = [];

    /// <summary>Files of deletes to add; from version 3 on by value, or vectors of files that have none.</summary>
    public IReadOnlyList<DataFile> AddedDeletes { get; init; } = [];

    /// <summary>
    /// Rows to delete by their place in files that stay, each file once. The commit writes them as the table's version has it: as files of
    /// position deletes, or as deletion vectors.
    /// </summary>
    internal IReadOnlyList<DeadRows> Dead { get; init; } = [];

    /// <summary>Which files of rows, or of deletes, are taken out; null for none.</summary>
    public Func<DataFile, bool>? Removes { get; init; }

    /// <summary>Files that must be there when the commit is made: those that deletes are for, or that are rewritten.</summary>
    public IReadOnlySet<string> Needs { get; init; } = ImmutableHashSet<string>.Empty;

    /// <summary>
    /// The snapshot that the change was worked out from, where files that others added since and that <see cref="ConflictsWith"/> names
    /// would make it wrong; null where nothing can.
    /// </summary>
    public long? BasedOn { get; init; }

    /// <summary>Whether a file that another commit added since <see cref="BasedOn"/> concerns this change.</summary>
    public Func<DataFile, bool>? ConflictsWith { get; init; }

    /// <summary>As <see cref="ConflictsWith"/>, where the age of a file's rows counts too.</summary>
    public Func<ManifestEntry, bool>? ConflictsWithEntry { get; init; }

    /// <summary>
    /// The sequence number of the added rows where they are older than the commit: rows that were written anew, to which deletes apply
    /// that came since. Null for that of the commit.
    /// </summary>
    public long? DataSequenceNumber { get; init; }

    /// <summary>Writes the manifests of the parent anew; null to merge small ones as the table asks for.</summary>
    internal ManifestClustering? Clustering { get; init; }

    /// <summary>More properties of the snapshot.</summary>
    public ImmutableSortedDictionary<string, string> Summary { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Looks at the table before each attempt and throws when the commit may not be made any more.</summary>
    public Action<TableMetadata> Check { get; init; } = static _ => { };

    /// <summary>The branch that moves.</summary>
    public string Branch { get; init; } = SnapshotRef.Main;

    public static FileChange Append(IReadOnlyList<DataFile> files) => new() { Operation = "append", Added = files };
}
