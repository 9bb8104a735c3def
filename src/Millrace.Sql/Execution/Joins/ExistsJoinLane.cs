using Millrace.Columnar;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Execution;

/// <summary>
/// Asks of each left row whether there is a match: semi, anti and mark joins. All rows that have none yet try some of
/// their candidates at a time, so that a row is done with its first match however many there are.
/// </summary>
internal sealed class ExistsJoinLane(HashJoinNode node, QueryContext context, JoinShared shared, LaneOperator output) : JoinLane(node, context, shared, output)
{
    private readonly UnknownMatches _unknownMatches = new(node, shared.Table);
    private int[] _left = [];
    private int[] _right = [];
    private int[] _cursor = [];
    private int[] _active = [];
    private bool[] _matched = [];
    private bool[] _unknown = [];

    public override bool IsSatisfied => base.IsSatisfied || (Table.Count == 0 && Node.Kind == LogicalJoinKind.Semi && Shared.Left is null);

    public override void Finish() => Output.Finish();

    protected override void Join(Chunk chunk, ReadOnlySpan<int> first)
    {
        int rows = first.Length;
        Grow(rows);
        _matched.AsSpan(0, rows).Clear();
        _unknown.AsSpan(0, rows).Clear();
        Shared.Left?.Load(_matched.AsSpan(0, rows), _unknown.AsSpan(0, rows));
        first.CopyTo(_cursor);
        int active = 0;
        for (int row = 0; row < rows; row++)
        {
            _active[active] = row;
            active += first[row] != JoinTable.None && !_matched[row] ? 1 : 0;
        }

        Span<bool> unknown = Node.Kind == LogicalJoinKind.Mark ? _unknown.AsSpan(0, rows) : [];
        while (active > 0)
        {
            int count = Candidates(active);
            count = Test.Keep(chunk.Rows, LeftKeys, _left.AsSpan(0, count), _right.AsSpan(0, count), unknown);
            foreach (int row in _left.AsSpan(0, count))
            {
                _matched[row] = true;
            }

            active = StillActive(active);
        }

        if (Node.Kind == LogicalJoinKind.Mark)
        {
            _unknownMatches.Find(chunk.Rows, LeftKeys, _matched.AsSpan(0, rows), unknown, Test);
        }

        Shared.Left?.Store(_matched.AsSpan(0, rows), unknown);
        if (Shared.Left is { IsLastPiece: false })
        {
            return;
        }

        if (Node.Kind == LogicalJoinKind.Mark)
        {
            Mark(chunk);
        }
        else
        {
            Choose(chunk, rows);
        }
    }

    private void Grow(int rows)
    {
        if (_matched.Length < rows)
        {
            int pairs = Math.Max(rows, RecordBatch.DefaultRows);
            (_left, _right) = (new int[pairs], new int[pairs]);
            (_cursor, _active) = (new int[rows], new int[rows]);
            (_matched, _unknown) = (new bool[rows], new bool[rows]);
        }
    }

    // As many candidates of each row as there is room for.
    private int Candidates(int active)
    {
        int each = Math.Max(1, _left.Length / active);
        int count = 0;
        foreach (int row in _active.AsSpan(0, active))
        {
            int candidate = _cursor[row];
            for (int i = 0; i < each && candidate != JoinTable.None; i++)
            {
                _left[count] = row;
                _right[count++] = candidate;
                candidate = Table.Next(candidate);
            }

            _cursor[row] = candidate;
        }

        return count;
    }

    private int StillActive(int active)
    {
        int left = 0;
        for (int i = 0; i < active; i++)
        {
            int row = _active[i];
            _active[left] = row;
            left += !_matched[row] && _cursor[row] != JoinTable.None ? 1 : 0;
        }

        return left;
    }

    private void Choose(Chunk chunk, int rows)
    {
        bool wanted = Node.Kind == LogicalJoinKind.Semi;
        int count = 0;
        for (int row = 0; row < rows; row++)
        {
            _cursor[count] = row;
            count += _matched[row] == wanted ? 1 : 0;
        }

        if (count == 0)
        {
            return;
        }

        using RecordBatch left = chunk.Rows.Select([.. Node.LeftColumns]);
        using RecordBatch chosen = count == rows ? left.Share() : Take.Rows(left, _cursor.AsSpan(0, count));
        Give(chunk, [.. chosen.Columns.Select(c => c.Share())], count);
    }

    private void Mark(Chunk chunk)
    {
        using var marks = new BooleanBuilder(chunk.Rows.Length);
        for (int row = 0; row < chunk.Rows.Length; row++)
        {
            if (_unknown[row] && !_matched[row])
            {
                marks.AppendNull();
            }
            else
            {
                marks.Append(_matched[row]);
            }
        }

        Give(chunk, [.. Node.LeftColumns.Select(c => chunk.Rows[c].Share()), marks.Build()], chunk.Rows.Length);
    }

    private void Give(Chunk chunk, Column[] columns, int rows)
    {
        using var result = new RecordBatch(Node.Schema, rows, columns);
        Output.Push(new Chunk(result, chunk.Part));
    }
}
