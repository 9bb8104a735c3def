using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>Tests a condition for pairs of rows. One thread uses it.</summary>
internal sealed class PairCondition(JoinCondition condition, Schema left, Schema right, QueryContext context) : IDisposable
{
    private readonly Evaluator _condition = condition.Open(context.Evaluation);
    private readonly RowFaults _faults = new();
    private readonly Schema _pairs = new([.. left.Select([.. condition.LeftColumns]).Fields, .. right.Select([.. condition.RightColumns]).Fields]);

    /// <summary>Tests pairs.</summary>
    /// <param name="left">The left columns that the condition needs; borrowed.</param>
    /// <param name="right">The right ones, of as many rows.</param>
    /// <param name="keep">Gets whether the condition is true, for each pair.</param>
    public void Test(RecordBatch left, RecordBatch right, Span<bool> keep)
    {
        using var pairs = new RecordBatch(_pairs, keep.Length, [.. left.Columns.Select(c => c.Share()), .. right.Columns.Select(c => c.Share())]);
        _faults.Clear();
        using Vector values = _condition.Evaluate(pairs, _faults);
        var column = (BooleanColumn)values.Column;
        Bitmap trues = column.Values;
        Bitmap valid = column.Validity;
        for (int i = 0; i < keep.Length; i++)
        {
            int at = i * values.Step;
            keep[i] = valid[at] && trues[at];
        }

        if (_faults.Any)
        {
            FaultReport.Send(context, pairs, _faults);
            foreach (RowFault fault in _faults.All)
            {
                keep[fault.Row] = false;
            }
        }
    }

    public void Dispose() => _condition.Dispose();
}
