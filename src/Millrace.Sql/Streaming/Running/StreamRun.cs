using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>
/// A query that runs on. Rows of its inputs are pushed as they are read; a round makes changes of the result of them. Between
/// rounds nothing is under way: what <see cref="Export"/> gives then and what was pushed so far belong together. One thread
/// at a time uses it; a round works in several lanes.
/// </summary>
public sealed class StreamRun : IDisposable
{
    private readonly StreamPlan _plan;
    private readonly QueryContext _context;
    private readonly InputRun[] _inputs;
    private readonly Dictionary<StagePlan, StageRun> _byPlan = [];
    private readonly StageRun[] _stages;

    /// <param name="plan">What is done.</param>
    /// <param name="context">Lanes, time, and what becomes of rows without a value.</param>
    /// <param name="settings">The same as for planning.</param>
    public StreamRun(StreamPlan plan, QueryContext context, StreamSettings settings)
    {
        _plan = plan;
        _context = context;
        _inputs = [.. plan.Inputs.Select(i => new InputRun(i, settings, context))];
        _stages = new StageRun[plan.Stages.Count];
        for (int i = 0; i < _stages.Length; i++)
        {
            StagePlan stage = plan.Stages[i];
            _stages[i] = new StageRun(stage, [.. stage.Inputs.Select(s => _byPlan[s.Stage])], settings, context);
            _byPlan.Add(stage, _stages[i]);
        }
    }

    /// <summary>Rows that were pushed since the last round.</summary>
    public long PendingRows => _inputs.Sum(i => i.PendingRows);

    /// <summary>Event time up to which the result is complete, in microseconds: <see cref="StreamTime"/>.</summary>
    public long Watermark => _stages[^1].Watermark;

    /// <summary>When a round is wanted even without rows, in microseconds of the run's clock; null for none.</summary>
    public long? WakesAt => _stages.Min(s => s.WakesAt);

    /// <summary>What is going on in it.</summary>
    public StreamStatus Status => new(
        Watermark,
        [.. _inputs.Select(i => new InputStatus(i.Input.Table.Name, i.Input.HoldsWatermark ? i.Watermark?.Current ?? StreamTime.None : null, i.IsAtEnd, [.. i.Watermark?.Splits ?? []]))],
        [.. _stages.Select((s, i) => new StageStatus(_plan.States[i]?.Id ?? s.Plan.Name, s.Rows, s.Size, s.PeakBytes, s.Time, s.Counters.LateRows, s.Counters.ExpiredRows))]);

    /// <summary>A split of an input is there to be read, and holds the watermark back until it is.</summary>
    public void BeginSplit(int input, string split) => _inputs[input].Watermark?.Begin(split);

    /// <summary>Takes rows of a split of an input.</summary>
    /// <param name="input">Number of the input.</param>
    /// <param name="split">Key of the split; null for rows that are of none, such as some that are tried again.</param>
    /// <param name="rows">Columns as <see cref="StreamInput.Columns"/> says; borrowed.</param>
    public void Push(int input, string? split, RecordBatch rows) => _inputs[input].Push(split, rows);

    /// <summary>A split has no more rows.</summary>
    public void EndSplit(int input, string split) => _inputs[input].Watermark?.End(split);

    /// <summary>All splits of all inputs were asked for more and had nothing.</summary>
    /// <param name="now">The run's clock.</param>
    public void CaughtUp(DateTimeOffset now) => Array.ForEach(_inputs, i => i.Watermark?.CaughtUp(StreamTime.FromDateTime(now)));

    /// <summary>No more rows come of an input. When that is so of all, the next round is the last.</summary>
    public void EndInput(int input) => _inputs[input].IsAtEnd = true;

    /// <summary>Makes what was pushed since the last round part of the result.</summary>
    /// <param name="now">The run's clock.</param>
    /// <param name="cancellation">Stops it; the run cannot be used again then.</param>
    /// <returns>What changed in the result, in <see cref="StreamPlan.BatchSchema"/>; the caller owns the batches.</returns>
    public async ValueTask<IReadOnlyList<RecordBatch>> RunRoundAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        long clock = StreamTime.FromDateTime(now);
        foreach (InputRun input in _inputs)
        {
            input.Watermark?.Move();
        }

        foreach (StageRun stage in _stages)
        {
            if (stage.Plan is InputStage input)
            {
                InputRun source = _inputs[input.Input.Number];
                stage.Feed(source.Pending);
                await stage.RunAsync(source.Watermark?.Current ?? StreamTime.None, source.IsAtEnd, clock, cancellation).ConfigureAwait(false);
            }
            else
            {
                bool isEnd = stage.Inputs.All(i => i.IsAtEnd);
                await stage.RunAsync(WatermarkOf(stage), isEnd, clock, cancellation).ConfigureAwait(false);
            }
        }

        Array.ForEach(_inputs, i => i.Clear());
        CheckMemory();
        return TakeResult();
    }

    /// <summary>Hands over the state: what changed since the last call, or all of it. Only between rounds, with nothing pending.</summary>
    public void Export(IStateSink sink, bool full)
    {
        for (int i = 0; i < _stages.Length; i++)
        {
            if (_plan.States[i] is { } state)
            {
                var writer = new StageWriter(state.Id, sink);
                foreach (StageOperator lane in _stages[i].Lanes)
                {
                    lane.Export(writer, full);
                }
            }
        }

        foreach (InputRun input in _inputs)
        {
            input.Export(sink);
        }
    }

    /// <summary>Takes in what <see cref="Export"/> gave, piece by piece in its order, before the first round.</summary>
    /// <param name="record">A piece; its rows are borrowed.</param>
    public void Import(StateRecord record)
    {
        if (Array.Find(_inputs, i => i.StateId == record.Stage) is { } input)
        {
            input.Import(record.Rows);
            return;
        }

        int number = _plan.States.ToList().FindIndex(s => s?.Id == record.Stage);
        if (number < 0 || _plan.States[number]!.Tables.FirstOrDefault(t => t.Name == record.Table) is not { } table)
        {
            throw StreamErrors.DamagedState($"The query has no {record.Stage}/{record.Table}.");
        }

        _stages[number].Import(table, record.Change, record.Rows);
    }

    public void Dispose()
    {
        Array.ForEach(_stages, s => s.Dispose());
        Array.ForEach(_inputs, i => i.Dispose());
    }

    // Inputs without a say, or at their end, hold nothing back; where no input has one, nothing is known before the end.
    private static long WatermarkOf(StageRun stage)
        => stage.HasWatermark ? stage.Inputs.Where(i => i.HasWatermark && !i.IsAtEnd).Select(i => i.Watermark).DefaultIfEmpty(StreamTime.End).Min() : StreamTime.None;

    // State has to stay where it is found at once; what outgrows the memory is named, not waited for until the machine gives up.
    private void CheckMemory()
    {
        long bytes = _stages.Sum(s => s.Size.Bytes);
        if (bytes > _context.Memory.Limit)
        {
            StageRun largest = _stages.MaxBy(s => s.Size.Bytes)!;
            throw StreamErrors.StateTooLarge(largest.Plan, largest.Size, bytes, _context.Memory.Limit);
        }
    }

    private RecordBatch[] TakeResult()
    {
        var result = new List<RecordBatch>();
        foreach (List<RecordBatch> lane in _stages[^1].Output)
        {
            foreach (RecordBatch batch in lane)
            {
                using (batch)
                {
                    result.Add(new RecordBatch(_plan.BatchSchema, batch.Length, [.. batch.Columns.Select(c => c.Share())]));
                }
            }

            lane.Clear();
        }

        return [.. result];
    }

    private sealed class StageWriter(string stage, IStateSink sink) : IStateWriter
    {
        public void Write(string table, StateChange change, RecordBatch rows) => sink.Write(stage, table, change, rows);
    }
}
