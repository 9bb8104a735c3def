using Millrace.Columnar;
using Millrace.Sql.Execution;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Streaming;

/// <summary>Puts the rows of a join's result together. One lane uses it.</summary>
/// <param name="stage">The join.</param>
/// <param name="kind">Its kind.</param>
/// <param name="sides">Left and right.</param>
/// <param name="emit">Gets the rows.</param>
internal sealed class JoinOutput(StagePlan stage, LogicalJoinKind kind, IReadOnlyList<JoinSide> sides, Action<RecordBatch> emit) : IDisposable
{
    private readonly RecordBatch?[] _nulls = new RecordBatch?[2];

    /// <summary>Gives pairs.</summary>
    /// <param name="left">Left columns of the result; borrowed.</param>
    /// <param name="right">Right columns, of as many rows; borrowed.</param>
    /// <param name="weights">How often each pair counts.</param>
    public void Pairs(RecordBatch left, RecordBatch right, ReadOnlySpan<long> weights)
        => Give([.. left.Columns.Select(c => c.Share()), .. right.Columns.Select(c => c.Share())], weights);

    /// <summary>Gives rows of a side by themselves.</summary>
    /// <param name="side">Number of the side.</param>
    /// <param name="rows">Its columns of the result; borrowed.</param>
    /// <param name="hasMatch">Whether each matches anything.</param>
    /// <param name="weights">How often each counts.</param>
    public void Alone(int side, RecordBatch rows, ReadOnlySpan<bool> hasMatch, ReadOnlySpan<long> weights)
    {
        Column[] own = [.. rows.Columns.Select(c => c.Share())];
        if (kind == LogicalJoinKind.Mark)
        {
            using var marks = new BooleanBuilder(rows.Length);
            foreach (bool match in hasMatch)
            {
                marks.Append(match);
            }

            Give([.. own, marks.Build()], weights);
        }
        else if (kind is LogicalJoinKind.Semi or LogicalJoinKind.Anti)
        {
            Give(own, weights);
        }
        else
        {
            RecordBatch nulls = _nulls[1 - side] ??= NullRows.One(sides[1 - side].OutputSchema);
            Column[] others = [.. nulls.Columns.Select(c => Repeat.Row(c, rows.Length))];
            Give(side == 0 ? [.. own, .. others] : [.. others, .. own], weights);
        }
    }

    public void Dispose() => Array.ForEach(_nulls, n => n?.Dispose());

    private void Give(Column[] columns, ReadOnlySpan<long> weights)
    {
        var rows = new RecordBatch(stage.Schema, weights.Length, columns);
        if (!stage.IsChanges)
        {
            emit(Repeated(rows, weights));
            return;
        }

        using (rows)
        {
            emit(Weights.Join(rows, weights));
        }
    }

    // Each row as often as it counts, for a result that has no weights.
    private static RecordBatch Repeated(RecordBatch rows, ReadOnlySpan<long> weights)
    {
        if (!weights.ContainsAnyExcept(1))
        {
            return rows;
        }

        using (rows)
        {
            var repeated = new List<int>();
            for (int row = 0; row < weights.Length; row++)
            {
                for (long i = 0; i < weights[row]; i++)
                {
                    repeated.Add(row);
                }
            }

            return Take.Rows(rows, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(repeated));
        }
    }
}
