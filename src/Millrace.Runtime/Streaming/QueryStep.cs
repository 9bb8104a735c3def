using Millrace.Columnar;
using Millrace.Sdk;
using Millrace.Sql.Execution;
using Millrace.Sql.Streaming;

namespace Millrace.Runtime.Streaming;

/// <summary>
/// A query at work in the epoch loop: takes the rows of its tables and gives rows of the target, round by round. After a
/// failure nothing of it is used again. One thread at a time uses it.
/// </summary>
internal sealed class QueryStep : IDisposable
{
    /// <summary>Rows that make a round worth its while.</summary>
    public const long RoundRows = 32 << 10;

    private readonly StreamRun _run;
    private readonly TimeProvider _time;
    private readonly QueryFaults _faults;
    private readonly LateRowBuffer? _late;
    private readonly bool _follows;
    private readonly List<Split> _brokenOff = [];

    public QueryStep(BoundStream bound, StreamingQuery query, Pipeline pipeline)
    {
        Bound = bound;
        Manifest = StateManifest.Of(bound.Plan) with { Statement = query.Statement() };
        _time = pipeline.Time;
        _follows = pipeline.Follows;
        _faults = new QueryFaults(pipeline.Failure, bound.Plan);
        QueryContext context = query.Session.Context(_faults, CancellationToken.None) with { Evaluation = query.Session.Evaluation(zone: query.TimeZone), Lanes = pipeline.Limits.Lanes(pipeline.Threads), Cancellation = CancellationToken.None, OnRowFaults = _faults.AddFaults };
        _late = bound.Late is null ? null : new LateRowBuffer(bound.Late);
        StreamSettings settings = query.Settings.Late == LateRows.SideOutput ? query.Settings with { OnLateRows = _late is null ? _faults.AddLate : _late.Add } : query.Settings;
        _run = new StreamRun(bound.Plan, context, settings);
    }

    public BoundStream Bound { get; }

    /// <summary>What it keeps.</summary>
    public StateManifest Manifest { get; }

    /// <summary>Whether its tables have ended, and all of its result was given.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Rows that no round has taken yet.</summary>
    public long PendingRows => _run.PendingRows;

    public StreamStatus Status => _run.Status;

    /// <summary>Event time up to which the result is complete; null while nothing is known, or when all is.</summary>
    public DateTimeOffset? Watermark => _run.Watermark == StreamTime.End ? null : StreamTime.ToDateTime(_run.Watermark);

    /// <summary>How long until a round is wanted even without rows; null for no time.</summary>
    public TimeSpan? Patience
        => _run.WakesAt is { } at ? TimerLimit.Fit(TimeSpan.FromMicroseconds(Math.Clamp(at - StreamTime.FromDateTime(_time.GetUtcNow()), 0, (long)TimeSpan.FromDays(1).TotalMicroseconds))) : null;

    /// <summary>Takes saved state in, before anything else.</summary>
    public void Import(StateRecord record) => _run.Import(record);

    /// <summary>The state that was taken in is that of a query whose tables had ended.</summary>
    public void Ended() => HasEnded = true;

    /// <summary>A plan has been made: its splits hold the watermark back, and those that it does not have had nothing new.</summary>
    public void Begin(TablesPlan plan)
    {
        _run.CaughtUp(_time.GetUtcNow());
        foreach (TableSplit split in plan.Announced)
        {
            _run.BeginSplit(split.Table.Number, split.Key);
        }

        // What went before it was read no longer holds the watermark back, unless it is there again.
        if (_brokenOff.Count > 0)
        {
            HashSet<string> found = [.. plan.Announced.Select(s => s.Key)];
            foreach (Split gone in _brokenOff.Where(s => !found.Contains(s.Key)))
            {
                _run.EndSplit(((TableSplit)gone).Table.Number, gone.Key);
            }

            _brokenOff.Clear();
        }
    }

    /// <summary>A split was not read to its end, and the next plan decides about it.</summary>
    public void BreakOff(Split split) => _brokenOff.Add(split);

    /// <summary>Takes rows of a split; borrowed.</summary>
    /// <param name="split">The split.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="origin">Where they are from, for messages and dead letters; null if that is not known.</param>
    public void Push(Split split, RecordBatch rows, BatchOrigin? origin)
    {
        if (HasEnded)
        {
            throw StreamingErrors.Ended(((TableSplit)split).Table.Name);
        }

        _faults.Follow(rows, origin);
        _run.Push(((TableSplit)split).Table.Number, split.Key, rows);
    }

    /// <summary>Takes rows of a table that were set aside before; borrowed. They tell nothing of how far time is complete.</summary>
    /// <param name="table">The table.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="place">Where their letter says that they are from: a row that is bad again is the same letter.</param>
    public void Replay(StreamTable table, RecordBatch rows, ErrorPlace place)
    {
        if (HasEnded)
        {
            throw StreamingErrors.Ended(table.Name);
        }

        _faults.Follow(rows, new ErrorPlace { File = place.Split ?? place.File, Row = place.Row ?? place.Line });
        _run.Push(table.Number, null, rows);
    }

    /// <summary>A split was read to its end.</summary>
    public void End(Split split)
    {
        // What is followed may grow: a split that stops doing so is idle some day.
        if (split.EndsKey && (!_follows || !((TableSplit)split).Table.IsUnbounded))
        {
            _run.EndSplit(((TableSplit)split).Table.Number, split.Key);
        }
    }

    /// <summary>A plan was read to its end. Tables that are not followed have no more rows then.</summary>
    public void EndPlan()
    {
        foreach (StreamTable table in Bound.Tables.Where(t => _follows && !t.IsUnbounded && !t.IsFinished))
        {
            table.IsFinished = true;
            _run.EndInput(table.Number);
        }
    }

    /// <summary>No more rows come of any table: the next round is the last.</summary>
    public void EndInputs()
    {
        foreach (StreamTable table in Bound.Tables)
        {
            _run.EndInput(table.Number);
        }

        HasEnded = true;
    }

    /// <summary>Makes what was pushed part of the result.</summary>
    /// <returns>Rows of the target, which the caller owns.</returns>
    public async ValueTask<IReadOnlyList<RecordBatch>> RunRoundAsync(CancellationToken cancellation)
        => Bound.Encoder.Encode(await _run.RunRoundAsync(_time.GetUtcNow(), cancellation).ConfigureAwait(false));

    /// <summary>Bad rows since the last call; null for none.</summary>
    public BadRows? TakeBadRows() => _faults.Take();

    /// <summary>Rows of the table of late rows since the last call; the caller owns them.</summary>
    public IReadOnlyList<RecordBatch> TakeLateRows() => _late?.Take() ?? [];

    /// <summary>Hands over its state. Nothing is pending.</summary>
    public void Export(IStateSink sink, bool full) => _run.Export(sink, full);

    public void Dispose()
    {
        _run.Dispose();
        _late?.Dispose();
    }
}
