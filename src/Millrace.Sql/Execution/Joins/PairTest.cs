using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Tests candidate pairs of a batch's rows with rows of the table. One lane uses it.</summary>
internal sealed class PairTest(HashJoinNode node, QueryContext context, JoinTable table) : IDisposable
{
    private readonly Evaluator? _condition = node.Condition?.Open(context.Evaluation);
    private readonly RowFaults _faults = new();
    private readonly Schema? _pairs = node.Condition is { } c
        ? new Schema([.. c.LeftColumns.Select(i => node.Inputs[0].Schema[i]), .. c.RightColumns.Select(i => node.Inputs[1].Schema[i])])
        : null;

    private bool[] _equal = [];

    public bool HasCondition => _condition is not null;

    /// <summary>Moves the pairs that match to the front and returns how many there are.</summary>
    /// <param name="rows">Left rows.</param>
    /// <param name="leftKeys">Their key columns.</param>
    /// <param name="left">Numbers of left rows.</param>
    /// <param name="right">Numbers of right rows.</param>
    /// <param name="unknown">If not empty: set at the left rows of pairs for which the condition is unknown.</param>
    public int Keep(RecordBatch rows, ReadOnlySpan<Column> leftKeys, Span<int> left, Span<int> right, Span<bool> unknown)
    {
        // A batch can have pairs for hours, none of which match.
        context.Cancellation.ThrowIfCancellationRequested();
        int count = left.Length;
        if (leftKeys.Length > 0)
        {
            Grow(count);
            Span<bool> equal = _equal.AsSpan(0, count);
            RowEquality.Test(leftKeys, left, table.Keys, right, equal);
            count = Compact(left, right, equal);
        }

        return _condition is null || count == 0 ? count : Condition(rows, left[..count], right[..count], unknown);
    }

    /// <summary>The same for the condition alone.</summary>
    public int Condition(RecordBatch rows, Span<int> left, Span<int> right, Span<bool> unknown)
    {
        using RecordBatch pairs = Pairs(rows, left, right);
        _faults.Clear();
        using Vector values = _condition!.Evaluate(pairs, _faults);
        var column = (BooleanColumn)values.Column;
        Bitmap trues = column.Values;
        Bitmap valid = column.Validity;
        Grow(left.Length);
        for (int i = 0; i < left.Length; i++)
        {
            int at = i * values.Step;
            _equal[i] = valid[at] && trues[at];
            if (!valid[at] && unknown.Length > 0)
            {
                unknown[left[i]] = true;
            }
        }

        if (_faults.Any)
        {
            FaultReport.Send(context, pairs, _faults);
            foreach (RowFault fault in _faults.All)
            {
                _equal[fault.Row] = false;
            }
        }

        return Compact(left, right, _equal.AsSpan(0, left.Length));
    }

    public void Dispose() => _condition?.Dispose();

    private RecordBatch Pairs(RecordBatch rows, ReadOnlySpan<int> left, ReadOnlySpan<int> right)
    {
        JoinCondition condition = node.Condition!;
        var columns = new Column[condition.LeftColumns.Count + condition.RightColumns.Count];
        for (int i = 0; i < columns.Length; i++)
        {
            int other = i - condition.LeftColumns.Count;
            columns[i] = other < 0 ? Take.Rows(rows[condition.LeftColumns[i]], left) : Take.Rows(table.Rows[condition.RightColumns[other]], right);
        }

        return new RecordBatch(_pairs!, left.Length, columns);
    }

    private void Grow(int count)
    {
        if (_equal.Length < count)
        {
            _equal = new bool[count];
        }
    }

    private static int Compact(Span<int> left, Span<int> right, ReadOnlySpan<bool> keep)
    {
        int count = 0;
        for (int i = 0; i < keep.Length; i++)
        {
            left[count] = left[i];
            right[count] = right[i];
            count += keep[i] ? 1 : 0;
        }

        return count;
    }
}
