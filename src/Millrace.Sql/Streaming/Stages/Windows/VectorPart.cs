using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>Some rows of vectors. Disposed with what it made.</summary>
internal sealed class VectorPart : IDisposable
{
    private readonly int[]? _rows;

    /// <param name="vectors">Borrowed.</param>
    /// <param name="rows">Numbers of the rows, ascending.</param>
    /// <param name="length">Rows of the vectors; with as many rows chosen, nothing is copied.</param>
    public VectorPart(ReadOnlySpan<Vector> vectors, ReadOnlySpan<int> rows, int length = int.MaxValue)
    {
        Vectors = new Vector[vectors.Length];
        bool isRun = rows[^1] - rows[0] + 1 == rows.Length;
        for (int i = 0; i < vectors.Length; i++)
        {
            Column column = vectors[i].Column;
            Vectors[i] = vectors[i].IsConstant || rows.Length == length ? vectors[i] with { Column = column.Share() }
                : new Vector(isRun ? column.Slice(rows[0], rows.Length) : Take.Rows(column, rows));
        }

        _rows = rows.Length == length ? null : rows.ToArray();
    }

    public Vector[] Vectors { get; }

    /// <summary>The same rows of weights, which may be empty.</summary>
    public ReadOnlySpan<long> Choose(ReadOnlySpan<long> weights)
    {
        if (_rows is null || weights.IsEmpty)
        {
            return weights;
        }

        var chosen = new long[_rows.Length];
        for (int i = 0; i < chosen.Length; i++)
        {
            chosen[i] = weights[_rows[i]];
        }

        return chosen;
    }

    public void Dispose() => Array.ForEach(Vectors, v => v.Dispose());
}
