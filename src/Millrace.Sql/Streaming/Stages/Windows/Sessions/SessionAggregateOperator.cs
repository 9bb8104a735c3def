using System.Runtime.InteropServices;
using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>Keeps the open sessions of a lane.</summary>
internal sealed class SessionAggregateOperator : StageOperator
{
    private readonly SessionPlan _plan;
    private readonly StageContext _context;
    private readonly ExpressionList _expressions;
    private readonly SessionGroups _groups;
    private readonly ClosedUpTo _closed;
    private bool _isRestored;

    public SessionAggregateOperator(SessionPlan plan, StageContext context)
    {
        (_plan, _context) = (plan, context);
        _expressions = new ExpressionList(plan.Windows.Expressions, plan.Windows.Input, context.Query);
        _groups = new SessionGroups(plan, new LaneFaults(context.Query));
        _closed = new ClosedUpTo(context.Lane);
    }

    public override StateSize Size => _groups.Size;

    public override void Push(int input, RecordBatch rows)
    {
        Begin();
        Vector[] vectors = _expressions.Evaluate(rows, out RecordBatch rest);
        try
        {
            if (!_context.Settings.EmitsEveryRecord || _plan.Windows.Emission == WindowEmission.Once)
            {
                Add(vectors, rest);
                return;
            }

            for (int row = 0; row < rest.Length; row++)
            {
                using RecordBatch one = rest.Slice(row, 1);
                using var part = new VectorPart(vectors, [row]);
                Add(part.Vectors, one);
                _groups.EmitChanges(_closed.Watermark, _context.Emit);
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
        Begin();
        if (_plan.Windows.Emission != WindowEmission.Once)
        {
            _groups.EmitChanges(time.Watermark, _context.Emit);
        }

        _groups.End(time.Watermark, _context.Emit);
        _closed.Move(time.Watermark);
        return ValueTask.CompletedTask;
    }

    public override void Export(IStateWriter writer, bool full)
    {
        _groups.Saved.Export(writer, full);
        _closed.Export(writer, full);
    }

    public override void Import(string table, StateChange change, RecordBatch rows)
    {
        _isRestored = true;
        if (table == ClosedUpTo.Table.Name)
        {
            _closed.Import(rows);
        }
        else
        {
            _groups.Saved.Import(change, rows);
        }
    }

    public override void Dispose()
    {
        _expressions.Dispose();
        _groups.Dispose();
    }

    private void Begin()
    {
        if (_isRestored)
        {
            _isRestored = false;
            _groups.Begin(_closed.Watermark);
        }
    }

    private void Add(Vector[] vectors, RecordBatch rows)
    {
        if (rows.Length == 0)
        {
            return;
        }

        List<int> late = _groups.Add(vectors, rows.Length, _closed.Watermark);
        if (late.Count > 0)
        {
            _context.Counters.AddLate(late.Count);
            if (_context.Settings is { Late: LateRows.SideOutput, OnLateRows: { } handler })
            {
                using RecordBatch taken = Take.Rows(rows, CollectionsMarshal.AsSpan(late));
                handler(taken);
            }
        }
    }
}
