using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>A lane of a join: hashes the keys of a batch once, finds candidates, and leaves the rest to its kind.</summary>
internal abstract class JoinLane : LaneOperator
{
    private readonly Column[] _leftKeys;
    private ulong[] _hashes = [];
    private int[] _first = [];

    protected JoinLane(HashJoinNode node, QueryContext context, JoinShared shared, LaneOperator output)
    {
        Node = node;
        Shared = shared;
        Output = output;
        Test = new PairTest(node, context, shared.Table);
        _leftKeys = new Column[node.Keys.Count];
    }

    public override bool IsSatisfied => Output.IsSatisfied;

    protected HashJoinNode Node { get; }

    protected JoinShared Shared { get; }

    protected JoinTable Table => Shared.Table;

    protected LaneOperator Output { get; }

    protected PairTest Test { get; }

    /// <summary>Key columns of the batch at hand.</summary>
    protected ReadOnlySpan<Column> LeftKeys => _leftKeys;

    public override void Push(Chunk chunk)
    {
        int rows = chunk.Rows.Length;
        if (_first.Length < rows)
        {
            _hashes = new ulong[rows];
            _first = new int[rows];
        }

        Span<int> first = _first.AsSpan(0, rows);
        for (int i = 0; i < _leftKeys.Length; i++)
        {
            _leftKeys[i] = chunk.Rows[Node.Keys[i].Left];
        }

        if (Table.Count == 0)
        {
            first.Fill(JoinTable.None);
        }
        else
        {
            Span<ulong> hashes = _hashes.AsSpan(0, rows);
            if (_leftKeys.Length > 0)
            {
                Hash.Rows(_leftKeys, hashes, Table.Seed);
            }

            Table.Find(hashes, first);
            SkipNulls(first);
        }

        Join(chunk, first);
    }

    public override void Dispose() => Test.Dispose();

    /// <summary>Joins a batch.</summary>
    /// <param name="chunk">The left rows.</param>
    /// <param name="first">For each the first candidate, or <see cref="JoinTable.None"/>.</param>
    protected abstract void Join(Chunk chunk, ReadOnlySpan<int> first);

    private void SkipNulls(Span<int> first)
    {
        for (int i = 0; i < _leftKeys.Length; i++)
        {
            if (Node.Keys[i].NullsMatch || !_leftKeys[i].HasNulls)
            {
                continue;
            }

            Bitmap valid = _leftKeys[i].Validity;
            for (int row = 0; row < first.Length; row++)
            {
                first[row] = valid[row] ? first[row] : JoinTable.None;
            }
        }
    }
}
