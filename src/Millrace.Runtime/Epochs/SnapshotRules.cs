using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>Runs whose rows are compared with all that the target has: what they lack is taken for gone, so nothing may be lacking by accident.</summary>
internal static class SnapshotRules
{
    public static bool IsSnapshot(Pipeline pipeline)
        => pipeline.WriteMode == WriteMode.SnapshotDiff || (pipeline.WriteMode == WriteMode.Scd2 && pipeline.ReadMode == ReadMode.Full);

    /// <summary>Fails where rows could be lacking that are there.</summary>
    public static void Check(Pipeline pipeline)
    {
        if (!IsSnapshot(pipeline))
        {
            return;
        }

        string? fault = pipeline.ReadMode != ReadMode.Full ? "it reads what is new only"
            : pipeline.Limit != long.MaxValue ? "it reads so many rows only"
            : !pipeline.Failure.StopsAt(RowStage.Decode) || !pipeline.Failure.StopsAt(RowStage.Convert) ? "it sets bad rows aside, which would be taken for gone"
            : null;
        if (fault is not null)
        {
            throw RuntimeErrors.PartOfSnapshot.Error($"The run compares its rows with all that the target has, but {fault}.", new ErrorPlace { Stream = pipeline.Stream ?? pipeline.Job });
        }
    }
}
