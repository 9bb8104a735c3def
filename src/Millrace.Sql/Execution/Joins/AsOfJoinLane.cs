using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>A lane of a nearest match.</summary>
internal sealed class AsOfJoinLane(AsOfJoinNode node, AsOfTable table, LaneOperator output) : LaneOperator
{
    private readonly CandidateFinder _finder = new(node.Keys, table.Groups);
    private int[] _left = [];
    private int[] _right = [];
    private bool[] _equal = [];

    public override bool IsSatisfied => output.IsSatisfied || (table.Count == 0 && !node.KeepsLeft);

    public override void Push(Chunk chunk)
    {
        int rows = chunk.Rows.Length;
        if (_left.Length < rows)
        {
            (_left, _right, _equal) = (new int[rows], new int[rows], new bool[rows]);
        }

        ReadOnlySpan<int> first = _finder.Find(chunk.Rows);
        Column times = chunk.Rows[node.Time.Left];
        var order = new RowOrder([new SortKey(times)], [table.Rows[node.Time.Right]]);
        int count = 0;
        for (int row = 0; row < rows; row++)
        {
            int group = times.IsNull(row) ? JoinTable.None : Group(row, first[row]);
            int match = group == JoinTable.None ? table.NullRow : Nearest(order, row, group);
            _left[count] = row;
            _right[count] = match;
            count += match != table.NullRow || node.KeepsLeft ? 1 : 0;
        }

        if (count > 0)
        {
            using RecordBatch joined = Pairs(chunk.Rows, _left.AsSpan(0, count), _right.AsSpan(0, count));
            output.Push(new Chunk(joined, chunk.Part));
        }
    }

    public override void Finish() => output.Finish();

    // Groups differ in their keys, so that seldom more than one candidate is looked at.
    private int Group(int row, int candidate)
    {
        Span<bool> equal = _equal.AsSpan(0, 1);
        for (; candidate != JoinTable.None; candidate = table.Groups.Next(candidate))
        {
            RowEquality.Test(_finder.Keys, [row], table.Groups.Keys, [candidate], equal);
            if (equal[0])
            {
                return candidate;
            }
        }

        return JoinTable.None;
    }

    // Looking back, the last row before; looking ahead, the first behind.
    private int Nearest(RowOrder order, int row, int group)
    {
        (int start, int end) = (table.Start(group), table.End(group));
        (int low, int high) = (start, end);

        // Whether rows equal to the left one belong to those before the place that is searched.
        bool equalBefore = node.Time.LooksBack == node.Time.TakesEqual;
        while (low < high)
        {
            int middle = (int)(((uint)low + (uint)high) >> 1);
            int compared = order.Compare(row, middle);
            if (compared > 0 || (compared == 0 && equalBefore))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return node.Time.LooksBack ? (low > start ? low - 1 : table.NullRow) : low < end ? low : table.NullRow;
    }

    private RecordBatch Pairs(RecordBatch rows, ReadOnlySpan<int> left, ReadOnlySpan<int> right)
    {
        var columns = new Column[node.Schema.Count];
        int at = 0;
        foreach (int column in node.LeftColumns)
        {
            columns[at++] = left.Length == rows.Length ? rows[column].Share() : Take.Rows(rows[column], left);
        }

        foreach (int column in node.RightColumns)
        {
            columns[at++] = Take.Rows(table.Rows[column], right);
        }

        return new RecordBatch(node.Schema, left.Length, columns);
    }
}
