using System.Text.Json.Nodes;

namespace Millrace.Runtime;

/// <summary>Figures of a run that are known at its end.</summary>
/// <param name="EpochsCommitted">Epochs that were committed.</param>
/// <param name="EpochsAborted">Epochs that were given up with rows in them.</param>
/// <param name="CommitP50">Seconds that half of the commits took at most.</param>
/// <param name="CommitP99">Seconds that 99 of 100 commits took at most.</param>
/// <param name="CommitMax">Seconds of the longest commit.</param>
public sealed record RunMetrics(long EpochsCommitted, long EpochsAborted, double CommitP50, double CommitP99, double CommitMax)
{
    internal JsonObject ToJson(double rowsPerSecond) => new()
    {
        ["rows_per_second"] = Math.Round(rowsPerSecond, 1),
        ["epochs_committed"] = EpochsCommitted,
        ["epochs_aborted"] = EpochsAborted,
        ["commit_seconds"] = new JsonObject
        {
            ["p50"] = Math.Round(CommitP50, 6),
            ["p99"] = Math.Round(CommitP99, 6),
            ["max"] = Math.Round(CommitMax, 6),
        },
    };
}
