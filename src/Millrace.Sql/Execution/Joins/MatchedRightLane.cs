using Millrace.Columnar;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Execution;

/// <summary>
/// Asks of each right row whether there is a match: semi and anti joins whose smaller side is kept and given. Left rows mark
/// what they match; the last lane gives the rows that are marked, or those that are not.
/// </summary>
internal sealed class MatchedRightLane(HashJoinNode node, QueryContext context, JoinShared shared, LaneOperator output) : JoinLane(node, context, shared, output)
{
    private const int BlockPairs = RecordBatch.DefaultRows;

    private readonly int[] _left = new int[BlockPairs];
    private readonly int[] _right = new int[BlockPairs];

    public override bool IsSatisfied => base.IsSatisfied || Table.Count == 0;

    public override void Finish()
    {
        if (Shared.IsLast())
        {
            bool wanted = Node.Kind == LogicalJoinKind.Semi;
            for (int at = 0; at < Table.Count && !Output.IsSatisfied;)
            {
                int count = 0;
                for (; at < Table.Count && count < BlockPairs; at++)
                {
                    _right[count] = at;
                    count += Shared.IsMarked(at) == wanted ? 1 : 0;
                }

                Give(_right.AsSpan(0, count));
            }
        }

        Output.Finish();
    }

    protected override void Join(Chunk chunk, ReadOnlySpan<int> first)
    {
        int count = 0;
        for (int row = 0; row < first.Length; row++)
        {
            for (int candidate = first[row]; candidate != JoinTable.None; candidate = Table.Next(candidate))
            {
                _left[count] = row;
                _right[count] = candidate;
                count += Shared.IsMarked(candidate) ? 0 : 1;
                if (count == BlockPairs)
                {
                    Mark(chunk.Rows, count);
                    count = 0;
                }
            }
        }

        Mark(chunk.Rows, count);
    }

    private void Mark(RecordBatch rows, int count)
    {
        if (count > 0)
        {
            count = Test.Keep(rows, LeftKeys, _left.AsSpan(0, count), _right.AsSpan(0, count), []);
            Shared.Mark(_right.AsSpan(0, count));
        }
    }

    // They belong to no part of the left side.
    private void Give(ReadOnlySpan<int> rows)
    {
        if (rows.Length > 0)
        {
            using var result = new RecordBatch(Node.Schema, rows.Length, [.. Columns(rows)]);
            Output.Push(new Chunk(result, int.MaxValue));
        }
    }

    private List<Column> Columns(ReadOnlySpan<int> rows)
    {
        var columns = new List<Column>(Node.RightColumns.Count);
        foreach (int column in Node.RightColumns)
        {
            columns.Add(Take.Rows(Table.Rows[column], rows));
        }

        return columns;
    }
}
