using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>The rows of a slice themselves, for aggregates that cannot take rows back: groups are made anew of those that are left.</summary>
internal sealed class RowSlice : WindowSlice
{
    private readonly WindowPlan _plan;
    private readonly WindowId _id;
    private readonly LaneFaults _faults;
    private readonly GrowingArray<int> _groups;
    private readonly Schema _schema;
    private readonly RowBag _rows;
    private readonly List<RecordBatch> _given = [];
    private bool _hasChanges;
    private bool _isSaved;

    public RowSlice(WindowPlan plan, WindowId id, LaneFaults faults, GrowingArray<int> groups)
    {
        (_plan, _id, _faults, _groups) = (plan, id, faults, groups);
        Schema state = StateSchema(plan);
        _schema = state.Select([.. Enumerable.Range(0, state.Count - 1)]);
        _rows = new RowBag(_schema);
    }

    public override bool HasChanges => _hasChanges;

    public override StateSize Size => _rows.Size + new StateSize(0, _given.Sum(b => b.ByteSize));

    /// <summary>Schema of saved rows: the slice, the plan's expressions, the weight.</summary>
    public static Schema StateSchema(WindowPlan plan)
        => Weights.Append(new Schema([new Field("slice", plan.Layout.Type), .. plan.Aggregates.Expressions.Select((e, i) => new Field($"value{i}", e.Type))]));

    public override void Add(ReadOnlySpan<Vector> vectors, int rows, ReadOnlySpan<long> weights)
    {
        var columns = new Column[_schema.Count];
        columns[0] = _plan.BoundColumn(_id, rows);
        for (int i = 1; i < columns.Length; i++)
        {
            columns[i] = vectors[i - 1].ToColumn(rows);
        }

        using var batch = new RecordBatch(_schema, rows, columns);
        _rows.Add(batch, weights);
        _hasChanges = true;
    }

    public override void EmitAll(Action<RecordBatch> emit)
    {
        using var groups = new GroupSlice(_plan, _id, _faults, _groups);
        foreach ((RecordBatch rows, long[] weights) in _rows.Read())
        {
            using (rows)
            {
                foreach ((RecordBatch repeated, int count) in Repeated(rows, weights))
                {
                    using (repeated)
                    {
                        Vector[] vectors = [.. Enumerable.Range(1, repeated.Schema.Count - 1).Select(i => new Vector(repeated[i]))];
                        groups.Add(vectors, count, default);
                    }
                }
            }
        }

        groups.EmitAll(emit);
    }

    public override void EmitChanges(Action<RecordBatch> emit)
    {
        var now = new List<RecordBatch>();
        EmitAll(now.Add);
        RowDifference.Emit(_plan.Schema, _given, now, emit);
        TakeAsGiven(now);
    }

    public override void TakeAsGiven()
    {
        var now = new List<RecordBatch>();
        EmitAll(now.Add);
        TakeAsGiven(now);
    }

    public override void Export(IStateWriter writer, bool full)
    {
        _rows.Export(writer, WindowAggregateStage.StateName, full);
        _isSaved = true;
    }

    public override void Import(StateChange change, RecordBatch rows)
    {
        using var named = new RecordBatch(Weights.Append(_schema), rows.Length, [.. rows.Columns.Select(c => c.Share())]);
        _rows.Import(named);
        (_hasChanges, _isSaved) = (true, true);
    }

    public override (StateChange Change, RecordBatch Rows)? Retire()
    {
        if (!_isSaved)
        {
            return null;
        }

        var removed = new Changes();
        _rows.Clear();
        _rows.Export(removed, WindowAggregateStage.StateName, full: false);
        try
        {
            return removed.Batches.Count == 0 ? null : (StateChange.Add, Concat.Batches(removed.Batches));
        }
        finally
        {
            Forget(removed.Batches);
        }
    }

    public override void Dispose()
    {
        _rows.Dispose();
        Forget(_given);
    }

    private static void Forget(List<RecordBatch> batches)
    {
        batches.ForEach(b => b.Dispose());
        batches.Clear();
    }

    // Each row as often as it counts: aggregates that keep rows need not understand weights.
    private static IEnumerable<(RecordBatch Rows, int Count)> Repeated(RecordBatch rows, long[] weights)
    {
        if (Array.TrueForAll(weights, w => w == 1))
        {
            yield return (rows.Share(), rows.Length);
            yield break;
        }

        for (int start = 0; start < weights.Length; start += RecordBatch.DefaultRows)
        {
            int[] repeated = [.. Enumerable.Range(start, Math.Min(RecordBatch.DefaultRows, weights.Length - start)).SelectMany(row => Enumerable.Repeat(row, (int)Math.Max(0, weights[row])))];
            if (repeated.Length > 0)
            {
                yield return (Take.Rows(rows, repeated), repeated.Length);
            }
        }
    }

    private void TakeAsGiven(List<RecordBatch> now)
    {
        Forget(_given);
        _given.AddRange(now);
        _hasChanges = false;
    }

    // What saved state has to be told.
    private sealed class Changes : IStateWriter
    {
        public List<RecordBatch> Batches { get; } = [];

        public void Write(string table, StateChange change, RecordBatch rows) => Batches.Add(rows.Share());
    }
}
