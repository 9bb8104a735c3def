using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>What a replay of dead letters tells the outside. Its epochs are epochs of the target like those of runs. One thread calls.</summary>
internal sealed class ReplayTelemetry(Pipeline pipeline, string id, RunLog? log)
{
    private readonly RunTrace _trace = new(pipeline, id, RunTrace.ReplaySpan);
    private readonly KeyValuePair<string, object?>[] _tags = [new(Metrics.Tenant, pipeline.Tenant), new(Metrics.Job, pipeline.Job)];
    private long _started;

    public void Started()
    {
        _started = pipeline.Time.GetTimestamp();
        _trace.BeginRun();
        log?.ReplayStarted(pipeline.Job, pipeline.Tenant, id, pipeline.Sink.Name);
    }

    public void CommitStarted(long epoch) => _trace.BeginEpoch(epoch, TimeSpan.Zero);

    /// <param name="checkpoint">What was committed.</param>
    /// <param name="commit">What the sink says of it.</param>
    /// <param name="replayed">Letters whose rows it holds.</param>
    /// <param name="took">Time that the commit took.</param>
    public void EpochCommitted(Checkpoint checkpoint, CommitSummary commit, long replayed, TimeSpan took)
    {
        Instruments.EpochsCommitted.Add(1, _tags);
        Instruments.CommitDuration.Record(took.TotalSeconds, _tags);
        Instruments.EpochRows.Record(commit.Rows, _tags);
        Instruments.RowsWritten.Add(commit.Rows, _tags);
        Instruments.BytesWritten.Add(commit.Bytes, _tags);
        Instruments.LettersReplayed.Add(replayed, _tags);
        log?.EpochCommitted(pipeline.Job, pipeline.Tenant, id, checkpoint.Epoch, commit.Rows, 0, commit.Bytes, Round(took), checkpoint.ReadComplete);
        _trace.EndEpoch(commit.Rows, 0);
    }

    public void Ended(ReplaySummary summary)
    {
        TimeSpan took = pipeline.Time.GetElapsedTime(_started);
        Instruments.Replays.Add(1, [.. _tags, new(Metrics.Outcome, RunTelemetry.NameOf(summary.Outcome))]);
        if (summary.Error is { } error)
        {
            log?.ReplayFailed(pipeline.Job, pipeline.Tenant, id, error.Code.Id, error.Place?.ToString() ?? "", error.Message, summary.Replayed, summary.Rows, summary.Epochs, Round(took));
        }
        else
        {
            log?.ReplayEnded(
                pipeline.Job, pipeline.Tenant, id, RunTelemetry.NameOf(summary.Outcome), summary.Replayed, summary.Rows, summary.Failed, summary.Waiting, summary.Epochs, Round(took));
        }

        _trace.EndReplay(summary);
    }

    private static double Round(TimeSpan time) => Math.Round(time.TotalSeconds, 6);
}
