using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>Keeps the open windows of a lane.</summary>
internal sealed class WindowAggregateOperator : StageOperator
{
    private readonly WindowAggregateStage _stage;
    private readonly WindowPlan _plan;
    private readonly StageContext _context;
    private readonly ExpressionList _expressions;
    private readonly RowSlices _split;
    private readonly OpenWindows _windows;
    private readonly ClosedUpTo _closed;

    public WindowAggregateOperator(WindowAggregateStage stage, WindowPlan plan, StageContext context)
    {
        (_stage, _plan, _context) = (stage, plan, context);
        _expressions = new ExpressionList(plan.Expressions, plan.Input, context.Query);
        _split = new RowSlices(plan.Layout);
        _windows = new OpenWindows(plan, new LaneFaults(context.Query), context.Emit);
        _closed = new ClosedUpTo(context.Lane);
    }

    public override StateSize Size => _windows.Size;

    public override void Push(int input, RecordBatch rows)
    {
        _windows.Begin(_closed.Watermark);
        if (_stage.Phase == WindowPhase.Final)
        {
            Merge(rows);
            return;
        }

        Vector[] vectors = _expressions.Evaluate(rows, out RecordBatch rest);
        try
        {
            if (_context.Settings.EmitsEveryRecord && _plan.Emission != WindowEmission.Once)
            {
                for (int row = 0; row < rest.Length; row++)
                {
                    using RecordBatch one = rest.Slice(row, 1);
                    using var part = new VectorPart(vectors, [row]);
                    Add(part.Vectors, one);
                    _windows.EmitChanges(_closed.Watermark);
                }
            }
            else if (rest.Length > 0)
            {
                Add(vectors, rest);
            }
        }
        finally
        {
            rest.Dispose();
            Array.ForEach(vectors, v => v.Dispose());
        }
    }

    public override ValueTask EndRoundAsync(RoundTime time, CancellationToken cancellation)
    {
        _windows.Begin(_closed.Watermark);
        if (_stage.Phase == WindowPhase.Partial)
        {
            _windows.Flush(new Partials(_context.Emit));
        }
        else
        {
            _windows.Advance(time.Watermark);
        }

        _closed.Move(time.Watermark);
        return ValueTask.CompletedTask;
    }

    public override void Export(IStateWriter writer, bool full)
    {
        if (_stage.Phase != WindowPhase.Partial)
        {
            _windows.Export(writer, full);
        }

        _closed.Export(writer, full);
    }

    public override void Import(string table, StateChange change, RecordBatch rows)
    {
        if (table == ClosedUpTo.Table.Name)
        {
            _closed.Import(rows);
        }
        else
        {
            _windows.Import(change, rows);
        }
    }

    public override void Dispose()
    {
        _expressions.Dispose();
        _windows.Dispose();
    }

    private void Add(Vector[] vectors, RecordBatch rows)
    {
        _split.Split(vectors[^1], rows.Length);
        ReadOnlySpan<long> weights = Weights.Of(rows, _stage.Inputs[0].Stage.IsChanges);
        for (int i = 0; i < _split.Slices.Count; i++)
        {
            ReadOnlySpan<int> chosen = _split.RowsOf(i);
            if (_windows.Open(_split.Slices[i], _closed.Watermark, out int missed) is { } slice)
            {
                using var part = new VectorPart(vectors.AsSpan(0, vectors.Length - 1), chosen, rows.Length);
                slice.Add(part.Vectors, chosen.Length, part.Choose(weights));
            }

            if (missed > 0)
            {
                TellLate(rows, chosen, missed);
            }
        }
    }

    // Few rows: one for each slice, lane and round. None of them is late, or the stage before would have told.
    private void Merge(RecordBatch states)
    {
        var slices = (FixedColumn<long>)states[0];
        for (int row = 0; row < states.Length; row++)
        {
            WindowId id = slices.IsNull(row) ? WindowId.Null : WindowId.Of(slices.Values[row]);
            if (_windows.Open(id, _closed.Watermark, out _) is GroupSlice slice)
            {
                using RecordBatch state = states.Slice(row, 1);
                slice.Merge(state);
            }
        }
    }

    // A row counts once for each window that it has missed.
    private void TellLate(RecordBatch rows, ReadOnlySpan<int> late, int windows)
    {
        _context.Counters.AddLate((long)late.Length * windows);
        if (_context.Settings is { Late: LateRows.SideOutput, OnLateRows: { } handler })
        {
            using RecordBatch taken = Take.Rows(rows, late);
            handler(taken);
        }
    }

    // States of groups as rows for the next stage.
    private sealed class Partials(Action<RecordBatch> emit) : IStateWriter
    {
        public void Write(string table, StateChange change, RecordBatch rows) => emit(rows.Share());
    }
}
