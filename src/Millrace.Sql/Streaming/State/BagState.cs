using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>A <see cref="RowBag"/> that is kept in checkpoints: what came since the last one is handed over as it came.</summary>
internal sealed class BagState(Schema schema, string table) : IDisposable
{
    private readonly List<RecordBatch> _since = [];

    public RowBag Bag { get; } = new(schema);

    public StateSize Size => new(Bag.Count, Bag.ByteSize);

    /// <summary>Adds changes, whose last column is their weight; borrowed.</summary>
    public void Add(RecordBatch changes)
    {
        Import(changes);
        _since.Add(changes.Share());
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
                _since.Add(Weights.Join(rows, [.. weights.Select(w => -w)]));
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
    }
}
