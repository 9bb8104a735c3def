using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Puts rows of both sides together.</summary>
internal sealed class PairOutput(HashJoinNode node, JoinTable table) : IDisposable
{
    private RecordBatch? _nullLeft;

    /// <summary>The rows of pairs; the caller owns them.</summary>
    public RecordBatch Of(RecordBatch rows, ReadOnlySpan<int> left, ReadOnlySpan<int> right)
    {
        bool all = IsAll(left, rows.Length);
        var columns = new Column[node.Schema.Count];
        int at = 0;
        foreach (int column in node.LeftColumns)
        {
            columns[at++] = all ? rows[column].Share() : Take.Rows(rows[column], left);
        }

        return Right(columns, at, right);
    }

    /// <summary>Right rows with nulls for the left ones.</summary>
    public RecordBatch RightOnly(ReadOnlySpan<int> right)
    {
        _nullLeft ??= NullRows.One(node.Inputs[0].Schema);
        var columns = new Column[node.Schema.Count];
        int at = 0;
        Span<int> zeros = new int[right.Length];
        foreach (int column in node.LeftColumns)
        {
            columns[at++] = Take.Rows(_nullLeft[column], zeros);
        }

        return Right(columns, at, right);
    }

    public void Dispose() => _nullLeft?.Dispose();

    private RecordBatch Right(Column[] columns, int at, ReadOnlySpan<int> right)
    {
        foreach (int column in node.RightColumns)
        {
            columns[at++] = Take.Rows(table.Rows[column], right);
        }

        return new RecordBatch(node.Schema, right.Length, columns);
    }

    private static bool IsAll(ReadOnlySpan<int> left, int rows)
    {
        if (left.Length != rows)
        {
            return false;
        }

        for (int i = 0; i < rows; i++)
        {
            if (left[i] != i)
            {
                return false;
            }
        }

        return true;
    }
}
