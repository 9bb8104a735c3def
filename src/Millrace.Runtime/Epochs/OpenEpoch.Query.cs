using Millrace.Columnar;
using Millrace.Runtime.Contracts;
using Millrace.Runtime.Streaming;
using Millrace.Sql.Streaming;

namespace Millrace.Runtime;

/// <content>The query in the middle of a pipeline: its rounds, whose rows are staged like those that a pipeline copies.</content>
internal sealed partial class OpenEpoch
{
    // Holds the query's result against its contract; null for none.
    private RowShaper? _result;

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

    /// <summary>Makes the contract of a query's result ready for it.</summary>
    /// <param name="schema">Columns of the result.</param>
    /// <param name="abort">Stops it.</param>
    /// <returns>Columns of the target.</returns>
    public async Task<Schema> OpenResultAsync(Schema schema, CancellationToken abort)
    {
        if (_run.Contract is not { Plan: { } plan } contract)
        {
            return schema;
        }

        if (_query is { Bound.Encoder.Mode: not ChangelogMode.Append })
        {
            throw ContractErrors.ResultChanges.Error($"The result of the statement changes, and the contract '{plan.Asset.Name}' is held against rows to which others are only added.");
        }

        ColumnPlan columns = ColumnPlan.Of(null, plan.Asset, plan.Mode)!;
        columns = plan.Mode == ContractMode.Strict ? columns : ColumnDrift.Settle(plan, columns, schema, isInferred: false, _run.Note);
        _result = new RowShaper(schema, columns, plan.Asset.Name, _pipeline.Tags) { Contract = contract };
        _result.Rules = await contract.OpenAsync(_result.Schema, abort).ConfigureAwait(false);
        return _result.Schema;
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
            foreach (RecordBatch made in rows)
            {
                Open();
                _run.Stages.Write.Work(_writing);
                using RecordBatch? batch = Contracted(made);
                if (batch is not null)
                {
                    await _writer.WriteAsync(batch, null, abort).ConfigureAwait(false);
                    _rowMetrics?.Add(batch);
                    _run.Contract?.Observe(batch);
                }

                await SetRefusedAsideAsync(null, abort).ConfigureAwait(false);
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

    // The rows that keep the contract; null for none. The caller owns them.
    private RecordBatch? Contracted(RecordBatch made)
    {
        if (_result is null)
        {
            return made.Share();
        }

        using RecordBatch? shaped = _result.Shape(made.Share(), _writer.Refused);
        return shaped is null ? null : _run.Contract!.KeepUnique(shaped, _writer.Refused);
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
