namespace Millrace.Sql.Streaming;

/// <summary>
/// A call for which only matters which values a group has, not how often: with <c>DISTINCT</c>, or the least and the greatest
/// where rows are taken back. The values are kept with their counts; the call's state is told when one comes or goes.
/// </summary>
/// <param name="Call">Number of the call.</param>
/// <param name="IsExtreme">Whether the state cannot lose a value: then it is made anew where the one that counts has gone.</param>
internal sealed record ValueCall(int Call, bool IsExtreme)
{
    public string Table => $"values-{Call}";
}
