using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>A <see cref="RowBag"/> that is kept in checkpoints: what came since the last one is handed over as it came.</summary>
internal sealed class BagState(Schema schema, string table) : IDisposable
{
    // Below this there is nothing to be won by folding.
    private const int FewRows = 1 << 14;

    private readonly List<RecordBatch> _since = [];
    private long _sinceRows;
    private long _foldAt = FewRows;

    public RowBag Bag { get; } = new(schema);

    public StateSize Size => new(Bag.Count, Bag.ByteSize);

    /// <summary>Adds changes, whose last column is their weight; borrowed.</summary>
    public void Add(RecordBatch changes)
    {
        Import(changes);
        Note(changes.Share());
        if (_sinceRows > Math.Max(_foldAt, 2L * Bag.Count))
        {
            Fold();
        }
    }

    /// <summary>The same for changes that are in a checkpoint already.</summary>
    public void Import(RecordBatch changes)
    {
        using RecordBatch rows = Weights.Strip(changes);
        Bag.Add(rows, Weights.Of(changes));
    }

    public void Export(IStateWriter writer, bool full)
    {
        if (full)
        {
            foreach ((RecordBatch rows, long[] weights) in Bag.Read())
            {
                using (rows)
                {
                    using RecordBatch changes = Weights.Join(rows, weights);
                    writer.Write(table, StateChange.Add, changes);
                }
            }
        }
        else
        {
            _since.ForEach(changes => writer.Write(table, StateChange.Add, changes));
        }

        Forget();
    }

    /// <summary>Forgets all rows, for good.</summary>
    public void Clear()
    {
        foreach ((RecordBatch rows, long[] weights) in Bag.Read())
        {
            using (rows)
            {
                Note(Weights.Join(rows, [.. weights.Select(w => -w)]));
            }
        }

        Bag.Clear();
    }

    public void Dispose()
    {
        Bag.Dispose();
        Forget();
    }

    private void Forget()
    {
        _since.ForEach(b => b.Dispose());
        _since.Clear();
        (_sinceRows, _foldAt) = (0, FewRows);
    }

    private void Note(RecordBatch changes)
    {
        _since.Add(changes);
        _sinceRows += changes.Length;
    }

    // A query that nobody saves keeps no history: rows that came and went are nothing.
    private void Fold()
    {
        using var net = new RowBag(schema);
        foreach (RecordBatch changes in _since)
        {
            using RecordBatch rows = Weights.Strip(changes);
            net.Add(rows, Weights.Of(changes));
        }

        Forget();
        foreach ((RecordBatch rows, long[] weights) in net.Read())
        {
            using (rows)
            {
                Note(Weights.Join(rows, weights));
            }
        }

        _foldAt = Math.Max(FewRows, 2 * _sinceRows);
    }
}
