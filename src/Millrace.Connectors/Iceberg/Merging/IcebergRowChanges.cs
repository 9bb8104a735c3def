namespace Millrace.Connectors.Iceberg;

/// <summary>How rows of a table are replaced and removed, whose files never change.</summary>
public enum IcebergRowChanges
{
    /// <summary>Files of deletes name the rows by file and number, which are looked up by their keys. Every engine reads them.</summary>
    MergeOnRead,

    /// <summary>Files of deletes hold the keys; nothing is looked up. For streams; readers pay for it, and some do not read them.</summary>
    EqualityDeletes,

    /// <summary>Files that hold such rows are written anew without them.</summary>
    CopyOnWrite,
}
