namespace Millrace.Runtime.Contracts;

/// <summary>One difference between two versions of a contract.</summary>
/// <param name="Column">The column; null for the whole.</param>
/// <param name="What">What is different: <c>type integer -> bigint</c>.</param>
/// <param name="Backward">Whether rows under the old version keep the new one: who reads by the new contract can read them.</param>
/// <param name="Forward">Whether rows under the new version keep the old one: who still reads by the old contract can read them.</param>
/// <param name="Reason">Why not; empty where both are.</param>
public sealed record AssetChange(string? Column, string What, bool Backward, bool Forward, string Reason = "")
{
    /// <summary>The change in one word.</summary>
    public string Level => this switch
    {
        { Backward: true, Forward: true } => "compatible",
        { Backward: true } => "backward",
        { Forward: true } => "forward",
        _ => "breaking",
    };
}
