namespace Millrace.Sdk;

/// <summary>
/// Names and codes of the columns by which changes travel as rows: a batch that has <see cref="Op"/> holds changes in their
/// order. A target that merges applies them by key and stores none of these columns; one that appends stores them as they are.
/// </summary>
public static class ChangeColumns
{
    /// <summary>What happened to the row, as one of the codes below.</summary>
    public const string Op = "_op";

    /// <summary>
    /// Names of columns whose value was not sent and is what it was before, as a list of varchar; null for none. In a deleted row they go
    /// along to the row right behind it: its key was changed.
    /// </summary>
    public const string Unchanged = "_unchanged";

    /// <summary>Place of the change in the log of its source, as text whose order is that of the changes.</summary>
    public const string Position = "_position";

    /// <summary>When the transaction of the change was committed.</summary>
    public const string CommittedAt = "_committed_at";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Op, Unchanged, Position, CommittedAt];

    public const string Inserted = "I";

    public const string Updated = "U";

    /// <summary>The key says which row is gone; other columns may be null.</summary>
    public const string Deleted = "D";

    /// <summary>All rows before this one are gone; no other column counts.</summary>
    public const string Truncated = "T";
}
