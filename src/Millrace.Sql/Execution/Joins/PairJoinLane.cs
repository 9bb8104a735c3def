using Millrace.Columnar;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Execution;

/// <summary>
/// Gives pairs: inner and outer joins. Pairs are tried in blocks, so that a row with many matches makes many batches and
/// not a large one; left rows without a match come out in their place.
/// </summary>
internal sealed class PairJoinLane(HashJoinNode node, QueryContext context, JoinShared shared, LaneOperator output) : JoinLane(node, context, shared, output)
{
    private const int BlockPairs = RecordBatch.DefaultRows;

    private readonly int[] _left = new int[BlockPairs];
    private readonly int[] _right = new int[BlockPairs];
    private readonly PairOutput _pairs = new(node, shared.Table);
    private int[] _outLeft = [];
    private int[] _outRight = [];
    private bool[] _matched = [];
    private int _part;

    public override bool IsSatisfied => base.IsSatisfied || (Table.Count == 0 && !Node.KeepsLeft);

    public override void Finish()
    {
        if (Node.KeepsRight && Shared.IsLast())
        {
            // They belong to no part.
            _part = int.MaxValue;
            for (int at = 0; at < Table.Count && !Output.IsSatisfied;)
            {
                int count = 0;
                for (; at < Table.Count && count < BlockPairs; at++)
                {
                    _right[count] = at;
                    count += Shared.IsMarked(at) ? 0 : 1;
                }

                Push(count == 0 ? null : _pairs.RightOnly(_right.AsSpan(0, count)));
            }
        }

        Output.Finish();
    }

    public override void Dispose()
    {
        _pairs.Dispose();
        base.Dispose();
    }

    protected override void Join(Chunk chunk, ReadOnlySpan<int> first)
    {
        int rows = first.Length;
        _part = chunk.Part;
        if (_matched.Length < rows)
        {
            _matched = new bool[rows];
            _outLeft = new int[rows + BlockPairs];
            _outRight = new int[rows + BlockPairs];
        }

        if (Shared.Left is null)
        {
            _matched.AsSpan(0, rows).Clear();
        }
        else
        {
            Shared.Left.Load(_matched.AsSpan(0, rows), []);
        }

        int count = 0;
        int done = 0;
        for (int row = 0; row < rows; row++)
        {
            for (int candidate = first[row]; candidate != JoinTable.None; candidate = Table.Next(candidate))
            {
                if (count == BlockPairs)
                {
                    done = Flush(chunk.Rows, count, done, row);
                    count = 0;
                    if (Output.IsSatisfied)
                    {
                        return;
                    }
                }

                _left[count] = row;
                _right[count++] = candidate;
            }
        }

        Flush(chunk.Rows, count, done, rows);
        Shared.Left?.Store(_matched.AsSpan(0, rows), []);
    }

    // Tests the pairs and gives what matches; rows from done to complete have all their pairs tried.
    private int Flush(RecordBatch rows, int count, int done, int complete)
    {
        count = count == 0 ? 0 : Test.Keep(rows, LeftKeys, _left.AsSpan(0, count), _right.AsSpan(0, count), []);
        ReadOnlySpan<int> left = _left.AsSpan(0, count);
        ReadOnlySpan<int> right = _right.AsSpan(0, count);
        if (Node.KeepsRight)
        {
            Shared.Mark(right);
        }

        if (!Node.KeepsLeft)
        {
            Push(count == 0 ? null : _pairs.Of(rows, left, right));
            return complete;
        }

        foreach (int row in left)
        {
            if (_matched[row] && Node.Kind == LogicalJoinKind.Single)
            {
                throw JoinErrors.SecondMatch();
            }

            _matched[row] = true;
        }

        if (Shared.Left is { IsLastPiece: false })
        {
            Push(count == 0 ? null : _pairs.Of(rows, left, right));
            return complete;
        }

        int all = WithUnmatched(left, right, done, complete);
        Push(all == 0 ? null : _pairs.Of(rows, _outLeft.AsSpan(0, all), _outRight.AsSpan(0, all)));
        return complete;
    }

    private int WithUnmatched(ReadOnlySpan<int> left, ReadOnlySpan<int> right, int done, int complete)
    {
        int all = 0;
        int pair = 0;
        for (int row = done; row < complete; row++)
        {
            if (!_matched[row])
            {
                _outLeft[all] = row;
                _outRight[all++] = Table.NullRow;
            }

            for (; pair < left.Length && left[pair] <= row; pair++)
            {
                _outLeft[all] = left[pair];
                _outRight[all++] = right[pair];
            }
        }

        for (; pair < left.Length; pair++)
        {
            _outLeft[all] = left[pair];
            _outRight[all++] = right[pair];
        }

        return all;
    }

    private void Push(RecordBatch? rows)
    {
        using (rows)
        {
            if (rows is not null)
            {
                Output.Push(new Chunk(rows, _part));
            }
        }
    }
}
