using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>
/// Rows and how often each counts, put together as changes come: equal rows are one, and those that count zero are gone. It
/// gives them in the order in which they first came. One thread uses it.
/// </summary>
internal sealed class RowBag : IDisposable
{
    // Below this there is nothing to be won by tidying up.
    private const int FewRows = 1024;

    private readonly Schema _schema;
    private readonly List<Piece> _pieces = [];
    private GroupTable _rows;
    private long[] _weights = [];
    private int[] _groups = [];
    private long _pieceBytes;
    private int _known;
    private int _dead;

    public RowBag(Schema schema)
    {
        _schema = schema;
        _rows = GroupTable.Create([.. schema.Fields.Select(f => f.Type)]);
    }

    /// <summary>Rows that count something, equal ones once.</summary>
    public int Count => _known - _dead;

    public long ByteSize => _rows.ByteSize + _pieceBytes + (_weights.Length * sizeof(long));

    /// <summary>Adds rows.</summary>
    /// <param name="rows">In the bag's schema; borrowed.</param>
    /// <param name="weights">How often each counts; empty for once.</param>
    /// <param name="sign">1, or -1 to take the rows back.</param>
    public void Add(RecordBatch rows, ReadOnlySpan<long> weights, long sign = 1)
    {
        int before = _known;
        if (_groups.Length < rows.Length)
        {
            _groups = new int[rows.Length];
        }

        Column[] columns = [.. rows.Columns];
        Span<int> groups = _groups.AsSpan(0, rows.Length);
        _rows.Find(columns, rows.Length, groups);
        if (_weights.Length < _rows.Count)
        {
            Array.Resize(ref _weights, Math.Max(_rows.Count, _weights.Length * 2));
        }

        // A row that is new has a group number that no row before it had.
        var fresh = new List<int>();
        for (int row = 0; row < groups.Length; row++)
        {
            int group = groups[row];
            if (group == _known)
            {
                fresh.Add(row);
                _known++;
                _dead++;
            }

            long old = _weights[group];
            long now = old + (sign * (weights.IsEmpty ? 1 : weights[row]));
            _weights[group] = now;
            _dead += (now == 0 ? 1 : 0) - (old == 0 ? 1 : 0);
        }

        if (fresh.Count > 0)
        {
            _pieces.Add(new Piece(before, fresh.Count == rows.Length ? rows.Share() : Take.Rows(rows, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(fresh))));
            _pieceBytes += _pieces[^1].Rows.ByteSize;
        }

        if (_dead > FewRows && _dead > _known / 2)
        {
            Tidy();
        }
    }

    /// <summary>The rows that count something and their weights; the caller owns the batches. Nothing is added meanwhile.</summary>
    public IEnumerable<(RecordBatch Rows, long[] Weights)> Read()
    {
        foreach (Piece piece in _pieces)
        {
            var rows = new List<int>();
            var weights = new List<long>();
            for (int i = 0; i < piece.Rows.Length; i++)
            {
                if (_weights[piece.First + i] is var weight and not 0)
                {
                    rows.Add(i);
                    weights.Add(weight);
                }
            }

            if (rows.Count > 0)
            {
                RecordBatch batch = rows.Count == piece.Rows.Length ? piece.Rows.Share() : Take.Rows(piece.Rows, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rows));
                yield return (batch, [.. weights]);
            }
        }
    }

    /// <summary>The rows, each as often as it counts; the caller owns the batches. None counts less than zero.</summary>
    public IEnumerable<RecordBatch> ReadAll()
    {
        foreach ((RecordBatch rows, long[] weights) in Read())
        {
            if (Array.TrueForAll(weights, w => w == 1))
            {
                yield return rows;
                continue;
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

                yield return Take.Rows(rows, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(repeated));
            }
        }
    }

    /// <summary>Forgets all rows.</summary>
    public void Clear()
    {
        Release();
        _rows = GroupTable.Create([.. _schema.Fields.Select(f => f.Type)]);
        Array.Clear(_weights);
        (_known, _dead) = (0, 0);
    }

    public void Dispose() => Release();

    private void Tidy()
    {
        (RecordBatch Rows, long[] Weights)[] kept = [.. Read()];
        Clear();
        foreach ((RecordBatch rows, long[] weights) in kept)
        {
            using (rows)
            {
                Add(rows, weights);
            }
        }
    }

    private void Release()
    {
        _rows.Dispose();
        _pieces.ForEach(p => p.Rows.Dispose());
        _pieces.Clear();
        _pieceBytes = 0;
    }

    // The rows of groups First, First + 1 and so on.
    private readonly record struct Piece(int First, RecordBatch Rows);
}
