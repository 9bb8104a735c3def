namespace Millrace.Connectors.Iceberg;

/// <summary>What an incremental read does about a snapshot that replaces or removes rows.</summary>
public enum IcebergOtherSnapshots
{
    /// <summary>It ends with an error, since its target could not follow.</summary>
    Fail,

    /// <summary>It leaves the snapshot out, with the rows that it added.</summary>
    Skip,
}
