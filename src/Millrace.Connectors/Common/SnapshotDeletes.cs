namespace Millrace.Connectors.Common;

/// <summary>What becomes of rows of a target that are gone from their source.</summary>
public enum SnapshotDeletes
{
    /// <summary>They are removed.</summary>
    Hard,

    /// <summary>They are kept, with the time at which they were missed.</summary>
    Soft,
}
