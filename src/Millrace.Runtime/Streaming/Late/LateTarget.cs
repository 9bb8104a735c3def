using Millrace.Sql.Binding;

namespace Millrace.Runtime.Streaming;

/// <summary>A table that gets the rows that came too late for a query.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Target">Where it is written.</param>
/// <param name="Columns">The columns that it declares; empty for all there are.</param>
internal sealed record LateTarget(string Name, Endpoint Target, IReadOnlyList<TargetColumn> Columns)
{
    /// <summary>The job under which it is written: its commits stand apart from those of the target proper.</summary>
    public static string JobOf(string job) => job + ".late";
}
