using Millrace.Columnar;
using Millrace.Runtime.Streaming;

namespace Millrace.Runtime;

/// <content>The query in the middle of a pipeline: its rounds, whose rows are staged like those that a pipeline copies.</content>
internal sealed partial class OpenEpoch
{
    /// <summary>Makes the query ready for the rows of a plan, with the state of the last commit.</summary>
    /// <param name="source">Its tables.</param>
    /// <param name="plan">The plan; null where only rows come that were set aside before.</param>
    /// <param name="abort">Stops it.</param>
    public async Task OpenQueryAsync(StreamSource source, TablesPlan? plan, CancellationToken abort)
    {
        if (_query is null || _query.Bound != source.Bound)
        {
            _query?.Dispose();
            _query = new QueryStep(source.Bound!, source.Query, _pipeline);
            foreach (string warning in _pipeline.Follows ? [] : source.Bound!.Plan.Warnings)
            {
                _run.Note(warning);
            }

            if (_saved is not null)
            {
                await _saved.ClaimAsync(_target, abort).ConfigureAwait(false);
                await _saved.RestoreAsync(_query, _last, source.Query.OnChange, _run.Note, abort).ConfigureAwait(false);
            }
        }

        if (plan is not null)
        {
            _query.Begin(plan);
        }
    }

    /// <summary>Runs a round of the query if there are rows for one, or it is time for one.</summary>
    /// <param name="next">What came of waiting for rows.</param>
    /// <param name="abort">Stops it.</param>
    public async Task RunRoundIfDueAsync(FeedEvent next, CancellationToken abort)
    {
        if (next == FeedEvent.End)
        {
            _query?.EndPlan();
        }

        if (_query is not null && (_query.PendingRows >= QueryStep.RoundRows || next == FeedEvent.End || (next != FeedEvent.Batch && _query.PendingRows > 0) || _query.Patience == TimeSpan.Zero))
        {
            await RunRoundAsync(abort).ConfigureAwait(false);
            if (next == FeedEvent.End)
            {
                TellQuery();
            }
        }
    }

    private void TellQuery()
    {
        if (_query is not null)
        {
            _run.Telemetry.QueryStands(_query.Status);
        }
    }

    private async Task RunRoundAsync(CancellationToken abort)
    {
        if (_query is null)
        {
            return;
        }

        IReadOnlyList<RecordBatch> rows = await _query.RunRoundAsync(abort).ConfigureAwait(false);
        try
        {
            if (_query.TakeBadRows() is { } bad)
            {
                await SetAsideAsync(bad, null, abort).ConfigureAwait(false);
            }

            await WriteLateAsync(_query.TakeLateRows(), abort).ConfigureAwait(false);
            foreach (RecordBatch batch in rows)
            {
                Open();
                _run.Stages.Write.Work(_writing);
                await _writer.WriteAsync(batch, abort).ConfigureAwait(false);
                _rowMetrics?.Add(batch);
            }
        }
        finally
        {
            foreach (RecordBatch batch in rows)
            {
                batch.Dispose();
            }
        }
    }

    // They belong to the epoch of the rows that were given meanwhile.
    private async Task WriteLateAsync(IReadOnlyList<RecordBatch> late, CancellationToken abort)
    {
        try
        {
            foreach (RecordBatch rows in late)
            {
                Open();
                await _late!.WriteAsync(rows, abort).ConfigureAwait(false);
            }
        }
        finally
        {
            foreach (RecordBatch rows in late)
            {
                rows.Dispose();
            }
        }
    }
}
