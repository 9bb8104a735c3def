using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>A stage at work in all lanes. It takes part in one round after the other.</summary>
internal sealed class StageRun : IDisposable
{
    private readonly StageOperator[] _lanes;
    private readonly List<RecordBatch>[] _output;
    private readonly Dealer?[] _dealers;
    private long _watermark = StreamTime.None;
    private readonly bool[] _ended;
    private bool _hasRun;
    private long _ticks;
    private Dealer? _feeder;

    public StageRun(StagePlan plan, IReadOnlyList<StageRun> inputs, StreamSettings settings, Execution.QueryContext query)
    {
        Plan = plan;
        Inputs = inputs;
        _ended = new bool[inputs.Count];
        int lanes = Math.Max(1, query.Lanes);
        _output = [.. Enumerable.Range(0, lanes).Select(_ => new List<RecordBatch>())];
        _lanes = new StageOperator[lanes];
        _dealers = [.. plan.Inputs.Select(i => i.Exchange.Kind == ExchangeKind.Keep ? null : new Dealer(i.Exchange, lanes))];
        for (int i = 0; i < lanes; i++)
        {
            List<RecordBatch> output = _output[i];
            _lanes[i] = plan.Open(new StageContext
            {
                Query = query,
                Lane = i,
                Settings = settings,
                Counters = Counters,
                Emit = batch => Keep(output, batch),
            });
        }
    }

    public StagePlan Plan { get; }

    public IReadOnlyList<StageRun> Inputs { get; }

    /// <summary>Whether anything that it reads has a say in how far its time is complete.</summary>
    public bool HasWatermark => Plan is InputStage input ? input.Input.HoldsWatermark : Inputs.Any(i => i.HasWatermark);

    public StageCounters Counters { get; } = new();

    public IReadOnlyList<StageOperator> Lanes => _lanes;

    /// <summary>What each lane gave in this round.</summary>
    public IReadOnlyList<List<RecordBatch>> Output => _output;

    /// <summary>The watermark of what it gives.</summary>
    public long Watermark { get; private set; } = StreamTime.None;

    /// <summary>Whether no more rows come.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>Rows given so far.</summary>
    public long Rows { get; private set; }

    /// <summary>The most bytes at the end of a round: what is kept and what was given in it.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Time in the operators, summed over lanes.</summary>
    public TimeSpan Time => Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _ticks));

    public StateSize Size => _lanes.Aggregate(default(StateSize), (sum, lane) => sum + lane.Size);

    /// <summary>When a lane wants a round, by the run's clock; null for none.</summary>
    public long? WakesAt => _lanes.Min(l => l.WakesAt);

    /// <summary>Rows from outside, for a stage that has no inputs. They are borrowed and dealt to the lanes as the stage wants it.</summary>
    public void Feed(IReadOnlyList<(string? Split, RecordBatch Rows)> pushed)
    {
        long start = Stopwatch.GetTimestamp();
        var input = (InputStage)Plan;
        for (int i = 0; i < pushed.Count; i++)
        {
            if (input.Dealing == InputDealing.ByKey && _lanes.Length > 1)
            {
                FeedByKey(input, pushed[i].Rows);
                continue;
            }

            int lane = input.Dealing switch
            {
                InputDealing.OneLane => 0,
                InputDealing.BySplit => LaneOf(pushed[i].Split),
                _ => i % _lanes.Length,
            };
            _lanes[lane].Push(0, pushed[i].Rows);
        }

        Interlocked.Add(ref _ticks, Stopwatch.GetTimestamp() - start);
    }

    /// <summary>Does a round: takes what the inputs gave, which is disposed, and the new watermark.</summary>
    /// <param name="watermark">The least of those inputs that have one.</param>
    /// <param name="isEnd">Whether all inputs have ended.</param>
    /// <param name="now">The run's clock.</param>
    /// <param name="cancellation">Stops it.</param>
    public async ValueTask RunAsync(long watermark, bool isEnd, long now, CancellationToken cancellation)
    {
        // Only the end of all inputs is the end of time.
        watermark = isEnd ? StreamTime.End : Math.Min(watermark, StreamTime.End - 1);
        List<RecordBatch>[][] dealt = Deal(out bool hasRows);
        try
        {
            TellEnds();
            if (hasRows || watermark > _watermark || !_hasRun || WakesAt <= now)
            {
                _watermark = Math.Max(_watermark, watermark);
                await RunLanesAsync(dealt, hasRows, new RoundTime(_watermark, now), cancellation).ConfigureAwait(false);
                _hasRun = true;
            }
        }
        finally
        {
            Array.ForEach(dealt, Dealer.Dispose);
        }

        Watermark = _lanes.Min(l => l.WatermarkOf(_watermark));
        IsAtEnd = isEnd;
        Rows += _output.Sum(lane => lane.Sum(b => (long)b.Length));
        PeakBytes = Math.Max(PeakBytes, Size.Bytes + _output.Sum(lane => lane.Sum(b => b.ByteSize)));
    }

    /// <summary>Takes saved state in: each row goes to the lane of its key.</summary>
    public void Import(StateTable table, StateChange change, RecordBatch rows)
    {
        _hasRun = true;
        if (table.IsShared)
        {
            Array.ForEach(_lanes, l => l.Import(table.Name, change, rows));
            return;
        }

        IReadOnlyList<int> keys = change != StateChange.Remove ? table.Keys : [.. table.Keys.Select(k => table.Identity.ToList().IndexOf(k))];
        List<RecordBatch>[] dealt = new Dealer(Exchange.By([.. keys]), _lanes.Length).Deal([[rows.Share()]]);
        try
        {
            // Putting rows into tables is most of what a restart with much state does.
            OnLanes(lane => dealt[lane].ForEach(batch => _lanes[lane].Import(table.Name, change, batch)));
        }
        finally
        {
            Dealer.Dispose(dealt);
        }
    }

    public void Dispose()
    {
        Array.ForEach(_lanes, l => l.Dispose());
        foreach (List<RecordBatch> lane in _output)
        {
            lane.ForEach(b => b.Dispose());
            lane.Clear();
        }
    }

    private static void Keep(List<RecordBatch> output, RecordBatch batch)
    {
        if (batch.Length == 0)
        {
            batch.Dispose();
            return;
        }

        output.Add(batch);
    }

    private void FeedByKey(InputStage input, RecordBatch rows)
    {
        List<RecordBatch>[] dealt = (_feeder ??= new Dealer(Exchange.By(input.Keys), _lanes.Length)).Deal([[rows.Share()]]);
        try
        {
            for (int lane = 0; lane < dealt.Length; lane++)
            {
                // Rows are borrowed, and so is what the lanes get of them.
                dealt[lane].ForEach(batch => _lanes[lane].Push(0, batch));
            }
        }
        finally
        {
            Dealer.Dispose(dealt);
        }
    }

    // The same in every run: FNV-1a of the split's key.
    private int LaneOf(string? split)
    {
        uint hash = 2_166_136_261;
        foreach (char c in split ?? "")
        {
            hash = (hash ^ c) * 16_777_619;
        }

        return (int)(((ulong)hash * (ulong)_lanes.Length) >> 32);
    }

    private void TellEnds()
    {
        for (int i = 0; i < Inputs.Count; i++)
        {
            if (Inputs[i].IsAtEnd && !_ended[i])
            {
                _ended[i] = true;
                Array.ForEach(_lanes, l => l.EndInput(i));
            }
        }
    }

    // What the inputs gave, by input and lane; it is the caller's then.
    private List<RecordBatch>[][] Deal(out bool hasRows)
    {
        var dealt = new List<RecordBatch>[Inputs.Count][];
        Array.Fill(dealt, []);
        hasRows = false;
        try
        {
            for (int i = 0; i < dealt.Length; i++)
            {
                List<RecordBatch>[] given = [.. Inputs[i]._output.Select(lane => lane.ToList())];
                Array.ForEach(Inputs[i]._output, lane => lane.Clear());
                hasRows |= given.Any(lane => lane.Count > 0);
                dealt[i] = _dealers[i]?.Deal(given) ?? given;
            }

            return dealt;
        }
        catch
        {
            Array.ForEach(dealt, Dealer.Dispose);
            throw;
        }
    }

    private async ValueTask RunLanesAsync(List<RecordBatch>[][] dealt, bool hasRows, RoundTime time, CancellationToken cancellation)
    {
        if (_lanes.Length == 1 || !hasRows)
        {
            for (int lane = 0; lane < _lanes.Length; lane++)
            {
                await RunLaneAsync(lane, dealt, time, cancellation).ConfigureAwait(false);
            }

            return;
        }

        Task[] running = [.. Enumerable.Range(0, _lanes.Length).Select(lane => Task.Run(() => RunLaneAsync(lane, dealt, time, cancellation).AsTask(), CancellationToken.None))];
        try
        {
            await Task.WhenAll(running).ConfigureAwait(false);
        }
        catch
        {
            // The error of the first lane that has one counts, the same in every run.
            ExceptionDispatchInfo.Throw(running.First(t => t.IsFaulted || t.IsCanceled).Exception?.InnerException ?? new OperationCanceledException(cancellation));
        }
    }

    // The error of the first lane that has one counts, as in a round.
    private void OnLanes(Action<int> work)
    {
        var errors = new ExceptionDispatchInfo?[_lanes.Length];
        Parallel.For(0, _lanes.Length, lane =>
        {
            try
            {
                work(lane);
            }
            catch (Exception e)
            {
                errors[lane] = ExceptionDispatchInfo.Capture(e);
            }
        });
        Array.Find(errors, e => e is not null)?.Throw();
    }

    private async ValueTask RunLaneAsync(int lane, List<RecordBatch>[][] dealt, RoundTime time, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        for (int input = 0; input < dealt.Length; input++)
        {
            foreach (RecordBatch batch in dealt[input][lane])
            {
                cancellation.ThrowIfCancellationRequested();
                _lanes[lane].Push(input, batch);
            }
        }

        await _lanes[lane].EndRoundAsync(time, cancellation).ConfigureAwait(false);
        Interlocked.Add(ref _ticks, Stopwatch.GetTimestamp() - start);
    }
}
