using System.Runtime.InteropServices;
using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <content>Checkpoints: rows are added up, each with its tag as one more column.</content>
internal sealed partial class KeyedRows
{
    private const string Tag = "#tag";

    // What the last checkpoint knows of each row.
    private long[] _saved = [];
    private long[] _savedTags = [];

    /// <summary>The table that rows are saved in.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="schema">Columns of the rows.</param>
    /// <param name="keys">Numbers of the key columns.</param>
    /// <param name="hasTags">Whether <see cref="KeyedRowsOptions.HasTags"/>.</param>
    public static StateTable TableOf(string name, Schema schema, IReadOnlyList<int> keys, bool hasTags)
        => new(name, Streaming.Weights.Append(SavedSchema(schema, hasTags)), keys, []);

    /// <summary>Hands over what changed since the last call, or all rows.</summary>
    /// <param name="writer">Gets it.</param>
    /// <param name="table">Name of the table.</param>
    /// <param name="full">Whether all is wanted.</param>
    public void Export(IStateWriter writer, string table, bool full)
    {
        if (full)
        {
            Array.Clear(_saved);
        }

        foreach ((int first, RecordBatch chunk) in _rows.All)
        {
            var changes = new Changes(_options.HasTags);
            for (int i = 0; i < chunk.Length; i++)
            {
                Note(changes, first + i, i);
            }

            if (changes.Rows.Count > 0)
            {
                using RecordBatch batch = changes.Make(chunk, _schema);
                writer.Write(table, StateChange.Add, batch);
            }
        }

        _weights.AsSpan(0, _size).CopyTo(_saved);
        Tags.CopyTo(_savedTags);
    }

    /// <summary>Takes rows in that <see cref="Export"/> gave.</summary>
    /// <param name="saved">In the schema of the table; borrowed.</param>
    /// <param name="keys">Numbers of the keys of the rows.</param>
    /// <param name="now">The run's clock.</param>
    /// <returns>The number of each row. Dead after the next call.</returns>
    public ReadOnlySpan<int> Import(RecordBatch saved, ReadOnlySpan<int> keys, long now)
    {
        // What was added may be taken back by what was saved later.
        _index ??= new RowIndex(_rows);
        using RecordBatch rows = saved.Select([.. Enumerable.Range(0, _schema.Count)]);
        ReadOnlySpan<long> weights = Streaming.Weights.Of(saved);
        ReadOnlySpan<int> numbers = AddCore(rows, keys, weights, now);
        ReadOnlySpan<long> tags = _options.HasTags ? ((FixedColumn<long>)saved[_schema.Count]).Values : [];
        for (int i = 0; i < numbers.Length; i++)
        {
            int row = numbers[i];
            _saved[row] = _weights[row];
            if (_options.HasTags && weights[i] > 0)
            {
                (_tags[row], _savedTags[row]) = (tags[i], tags[i]);
            }
        }

        return numbers;
    }

    private static Schema SavedSchema(Schema schema, bool hasTags) => hasTags ? new Schema([.. schema.Fields, new Field(Tag, DataType.Int64, nullable: false)]) : schema;

    private void Note(Changes changes, int row, int at)
    {
        (long weight, long saved) = (_weights[row], _saved[row]);
        if (_options.HasTags && _tags[row] != _savedTags[row])
        {
            changes.Add(at, _savedTags[row], -saved);
            changes.Add(at, _tags[row], weight);
        }
        else
        {
            changes.Add(at, _options.HasTags ? _tags[row] : 0, weight - saved);
        }
    }

    // Rows of a batch that a checkpoint has to know of.
    private sealed class Changes(bool hasTags)
    {
        private readonly List<long> _tags = [];
        private readonly List<long> _weights = [];

        public List<int> Rows { get; } = [];

        public void Add(int row, long tag, long weight)
        {
            if (weight != 0)
            {
                Rows.Add(row);
                _tags.Add(tag);
                _weights.Add(weight);
            }
        }

        public RecordBatch Make(RecordBatch chunk, Schema schema)
        {
            using RecordBatch taken = Columnar.Take.Rows(chunk, CollectionsMarshal.AsSpan(Rows));
            Column[] tags = [];
            if (hasTags)
            {
                using var builder = new FixedBuilder<long>(DataType.Int64, Rows.Count);
                CollectionsMarshal.AsSpan(_tags).CopyTo(builder.AppendUninitialized(Rows.Count));
                tags = [builder.Build()];
            }

            using var rows = new RecordBatch(SavedSchema(schema, hasTags), Rows.Count, [.. taken.Columns.Select(c => c.Share()), .. tags]);
            return Streaming.Weights.Join(rows, CollectionsMarshal.AsSpan(_weights));
        }
    }
}
