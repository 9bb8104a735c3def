namespace Millrace.Connectors.Common;

/// <summary>What to do when there is output already.</summary>
public enum IfExists
{
    /// <summary>Stops before anything is written.</summary>
    Error,

    /// <summary>Replaces it, when the new rows are committed.</summary>
    Replace,

    /// <summary>Adds to it; no single file takes it.</summary>
    Append,
}
