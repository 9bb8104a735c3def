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
        if (pipeline.Deletes == ReadDeletes.Compare)
        {
            CheckComparison(pipeline);
        }

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

    /// <summary>
    /// What becomes of bad keys among those of all rows. One that the target does not take matches none of its rows: where the job
    /// sets such rows aside, it did when it read them. One that cannot be read may be any.
    /// </summary>
    public static FailureSpec OfKeys(Pipeline pipeline)
        => pipeline.Failure.StopsAt(RowStage.Convert) ? new FailureSpec() : new FailureSpec { Stages = new StageStrategies { Convert = FailureStrategy.LogAndContinue } };

    private static void CheckComparison(Pipeline pipeline)
    {
        string? fault = pipeline.ReadMode != ReadMode.Incremental ? "the run is not an incremental one"
            : pipeline.WriteMode != WriteMode.Merge ? "the target does not merge"
            : !pipeline.Sink.Connector.Capabilities.RemovesMissing ? $"a target of {pipeline.Sink.Name} cannot remove rows by their keys"
            : pipeline.Transform is not null || pipeline.Query is not null ? "the rows go through a query, so that their keys are not those of the source"
            : pipeline.Follows ? "the run follows its source and has no end at which it could compare them"
            : pipeline.Limit != long.MaxValue ? "the run reads so many rows only"
            : null;
        if (fault is not null)
        {
            throw RuntimeErrors.CannotCompare.Error($"Rows that are gone are to be found by comparing keys (`deletes: compare`), but {fault}.", new ErrorPlace { Stream = pipeline.Stream ?? pipeline.Job });
        }
    }
}
