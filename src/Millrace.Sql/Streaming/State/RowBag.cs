using System.Runtime.InteropServices;
using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>
/// Rows and how often each counts, put together as changes come: equal rows are one, and those that count zero are gone. It
/// gives them in the order in which they first came. One thread uses it.
/// </summary>
internal sealed class RowBag : IDisposable
{
    private readonly KeyTable _keys = new([], []);
    private readonly KeyedRows _rows;
    private int[] _noKeys = [];
    private long[] _weights = [];

    public RowBag(Schema schema) => _rows = new KeyedRows(schema, _keys, new KeyedRowsOptions { Retracts = true });

    /// <summary>Rows that count something, equal ones once.</summary>
    public int Count => _rows.Count;

    public long ByteSize => _rows.ByteSize;

    public StateSize Size => new(Count, ByteSize);

    /// <summary>The table that the rows are saved in.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="schema">Columns of the rows.</param>
    /// <param name="keys">Numbers of the columns that decide the lane of a row.</param>
    public static StateTable TableOf(string name, Schema schema, IReadOnlyList<int> keys) => KeyedRows.TableOf(name, schema, keys, hasTags: false);

    /// <summary>Adds rows.</summary>
    /// <param name="rows">In the bag's schema; borrowed.</param>
    /// <param name="weights">How often each counts; empty for once.</param>
    /// <param name="sign">1, or -1 to take the rows back.</param>
    public void Add(RecordBatch rows, ReadOnlySpan<long> weights, long sign = 1)
    {
        if (sign != 1)
        {
            Array.Resize(ref _weights, Math.Max(_weights.Length, rows.Length));
            for (int row = 0; row < rows.Length; row++)
            {
                _weights[row] = Weights.Product(sign, weights.IsEmpty ? 1 : weights[row]);
            }

            weights = _weights.AsSpan(0, rows.Length);
        }

        _rows.Add(rows, NoKeys(rows.Length), weights, 0);
        _keys.Tidy();
    }

    /// <summary>Adds changes, whose last column is their weight; borrowed.</summary>
    public void AddChanges(RecordBatch changes)
    {
        using RecordBatch rows = Weights.Strip(changes);
        Add(rows, Weights.Of(changes));
    }

    /// <summary>The rows that count something and their weights; the caller owns the batches. Nothing is added meanwhile.</summary>
    public IEnumerable<(RecordBatch Rows, long[] Weights)> Read()
    {
        foreach ((int first, RecordBatch chunk) in _rows.All)
        {
            var rows = new List<int>();
            var weights = new List<long>();
            for (int i = 0; i < chunk.Length; i++)
            {
                if (_rows.Weights[first + i] is var weight and not 0)
                {
                    rows.Add(i);
                    weights.Add(weight);
                }
            }

            if (rows.Count > 0)
            {
                RecordBatch batch = rows.Count == chunk.Length ? chunk.Share() : Take.Rows(chunk, CollectionsMarshal.AsSpan(rows));
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

                yield return Take.Rows(rows, CollectionsMarshal.AsSpan(repeated));
            }
        }
    }

    /// <summary>Forgets all rows.</summary>
    public void Clear()
    {
        var all = new List<int>(Count);
        for (int row = 0; row < _rows.Weights.Length; row++)
        {
            if (_rows.Weights[row] != 0)
            {
                all.Add(row);
            }
        }

        _rows.Remove(CollectionsMarshal.AsSpan(all));
        _keys.Tidy();
    }

    /// <summary>Hands over what changed since the last call, or all rows.</summary>
    public void Export(IStateWriter writer, string table, bool full) => _rows.Export(writer, table, full);

    /// <summary>Takes changes in that <see cref="Export"/> gave.</summary>
    public void Import(RecordBatch changes) => _rows.Import(changes, NoKeys(changes.Length), 0);

    public void Dispose()
    {
        _rows.Dispose();
        _keys.Dispose();
    }

    private ReadOnlySpan<int> NoKeys(int rows)
    {
        Array.Resize(ref _noKeys, Math.Max(_noKeys.Length, rows));
        return _noKeys.AsSpan(0, rows);
    }
}
