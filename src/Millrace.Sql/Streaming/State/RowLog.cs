using System.Runtime.InteropServices;
using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>
/// Rows that are only ever added, and are read by number from 0. They lie in pieces, each at least twice as long as the next,
/// so that there are few of them and a row is copied few times. One thread uses it.
/// </summary>
internal sealed class RowLog(Schema schema) : IDisposable
{
    // Longer pieces are not put together: their strings would not fit one buffer.
    private const int MaxPiece = 1 << 20;

    private readonly List<(int First, RecordBatch Rows)> _pieces = [];

    public int Count { get; private set; }

    public long ByteSize => _pieces.Sum(p => p.Rows.ByteSize);

    /// <summary>Adds rows, which are borrowed.</summary>
    public void Add(RecordBatch rows)
    {
        _pieces.Add((Count, rows.Share()));
        Count += rows.Length;
        while (_pieces.Count > 1 && _pieces[^2].Rows.Length < _pieces[^1].Rows.Length * 2 && _pieces[^2].Rows.Length + _pieces[^1].Rows.Length <= MaxPiece)
        {
            ((int first, RecordBatch left), (_, RecordBatch right)) = (_pieces[^2], _pieces[^1]);
            _pieces.RemoveRange(_pieces.Count - 2, 2);
            using (left)
            using (right)
            {
                _pieces.Add((first, Concat.Batches([left, right])));
            }
        }
    }

    /// <summary>Some rows; the caller owns them.</summary>
    /// <param name="numbers">Ascending.</param>
    public RecordBatch Take(ReadOnlySpan<int> numbers)
    {
        if (numbers.IsEmpty)
        {
            return new RecordBatch(schema, 0, [.. schema.Fields.Select(f => Empty(f.Type))]);
        }

        var parts = new List<RecordBatch>();
        var within = new List<int>();
        try
        {
            int at = 0;
            foreach ((int first, RecordBatch rows) in _pieces)
            {
                within.Clear();
                for (; at < numbers.Length && numbers[at] - first < rows.Length; at++)
                {
                    within.Add(numbers[at] - first);
                }

                if (within.Count > 0)
                {
                    parts.Add(Columnar.Take.Rows(rows, CollectionsMarshal.AsSpan(within)));
                }
            }

            return Concat.Batches(parts);
        }
        finally
        {
            parts.ForEach(p => p.Dispose());
        }
    }

    public void Clear()
    {
        _pieces.ForEach(p => p.Rows.Dispose());
        _pieces.Clear();
        Count = 0;
    }

    public void Dispose() => Clear();

    private static Column Empty(DataType type)
    {
        using ColumnBuilder builder = ColumnBuilder.Create(type, 0);
        return builder.Build();
    }
}
