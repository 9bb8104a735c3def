using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Lanes make sorted runs, the result is their merge.</summary>
internal sealed class SortBreaker : IBreaker
{
    private const int MaxMerged = 48;

    private readonly QueryContext _context;
    private readonly IReadOnlyList<OrderColumn> _order;
    private readonly int _width;
    private readonly long _limit;
    private readonly bool _top;
    private readonly PartitionTop? _partitionTop;
    private readonly List<SortedRun> _runs = [];
    private int _lanes;

    /// <param name="context">Memory.</param>
    /// <param name="schema">Of the input.</param>
    /// <param name="order">Columns to sort by.</param>
    /// <param name="width">Leading columns that come out.</param>
    /// <param name="limit">Rows that come out at most; null for all.</param>
    /// <param name="top">Whether lanes keep only rows that can be among the first.</param>
    /// <param name="partitionTop">What lanes keep of partitions; null for all.</param>
    public SortBreaker(QueryContext context, Schema schema, IReadOnlyList<OrderColumn> order, int width, long? limit = null, bool top = false, PartitionTop? partitionTop = null)
    {
        _context = context;
        _order = order;
        _width = width;
        _limit = limit ?? long.MaxValue;
        _top = top;
        _partitionTop = partitionTop;

        // The number of its part goes with each row, so that merging knows which of two equal rows was first.
        Schema = context.Lanes > 1 ? new Schema([.. schema.Fields, new Field("part", DataType.Int32, nullable: false)]) : schema;
        PartColumn = context.Lanes > 1 ? schema.Count : -1;
    }

    /// <summary>Schema of rows in runs.</summary>
    public Schema Schema { get; }

    /// <summary>The column with the number of the part; -1 if there is none.</summary>
    public int PartColumn { get; }

    public IReadOnlyList<OrderColumn> Order => _order;

    public QueryContext Context => _context;

    public LaneOperator OpenLane()
    {
        int lane = Interlocked.Increment(ref _lanes) - 1;
        return _top ? new TopLane(this, lane, (int)_limit) : _partitionTop is { } first ? new PartitionTopLane(this, lane, first) : new SortLane(this, lane);
    }

    /// <summary>Runs that are too many to be read at once are merged into fewer first.</summary>
    public void Complete(CancellationToken cancellation)
    {
        _runs.Sort(static (a, b) => a.Number.CompareTo(b.Number));
        while (_runs.Count > MaxMerged)
        {
            for (int at = 0; at < _runs.Count; at++)
            {
                cancellation.ThrowIfCancellationRequested();
                List<SortedRun> merged = _runs.GetRange(at, Math.Min(MaxMerged, _runs.Count - at));
                _runs.RemoveRange(at, merged.Count);
                using var merger = new RunMerger(merged, _order, PartColumn);
                _runs.Insert(at, SpilledRun.Write(_context, Schema, merged[0].Number, Batches(merger)));
            }
        }
    }

    public ValueTask CompleteAsync(CancellationToken cancellation)
    {
        Complete(cancellation);
        return ValueTask.CompletedTask;
    }

    public IBatchSource OpenResult() => new SortedSource(OpenMerger(), _width, _limit);

    /// <summary>The result as it is merged; the caller owns it. May be asked for once.</summary>
    public RunMerger OpenMerger()
    {
        SortedRun[] runs = [.. _runs];
        _runs.Clear();
        return new RunMerger(runs, _order, PartColumn);
    }

    /// <summary>Gives up runs of which no result was opened.</summary>
    public void Release()
    {
        foreach (SortedRun run in _runs)
        {
            run.Dispose();
        }

        _runs.Clear();
    }

    public ValueTask DisposeAsync()
    {
        Release();
        return ValueTask.CompletedTask;
    }

    private static IEnumerable<RecordBatch> Batches(RunMerger merger)
    {
        while (merger.Next() is { } rows)
        {
            yield return rows;
        }
    }

    /// <summary>Takes a run over. Lanes call at once.</summary>
    internal void Add(SortedRun run)
    {
        lock (_runs)
        {
            _runs.Add(run);
        }
    }

    /// <summary>The rows of a chunk as runs hold them; the caller owns them.</summary>
    internal RecordBatch Mark(Chunk chunk)
    {
        if (PartColumn < 0)
        {
            return chunk.Rows.Share();
        }

        using var parts = new FixedBuilder<int>(DataType.Int32, chunk.Rows.Length);
        parts.AppendUninitialized(chunk.Rows.Length).Fill(chunk.Part);
        return new RecordBatch(Schema, chunk.Rows.Length, [.. chunk.Rows.Columns.Select(c => c.Share()), parts.Build()]);
    }
}
