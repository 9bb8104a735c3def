namespace Millrace.Sdk;

/// <summary>
/// Names and codes of the columns by which changes travel as rows: a batch that has <see cref="Op"/> holds changes in their
/// order. A target that merges applies them by key and stores none of these columns; one that appends stores them as they are.
/// </summary>
public static class ChangeColumns
{
    /// <summary>What happened to the row, as one of the codes below.</summary>
    public const string Op = "_op";

    public const string Inserted = "I";

    public const string Updated = "U";

    /// <summary>The key says which row is gone; other columns may be null.</summary>
    public const string Deleted = "D";

    /// <summary>All rows before this one are gone; no other column counts.</summary>
    public const string Truncated = "T";
}
