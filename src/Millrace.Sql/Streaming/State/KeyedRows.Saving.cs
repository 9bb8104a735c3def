using System.Runtime.InteropServices;
using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <content>Checkpoints: rows are added up, each with its tag as one more column.</content>
internal sealed unsafe partial class KeyedRows
{
    private const string Tag = "#tag";

    // What an entry takes, about.
    private const long BeforeBytes = 48;

    // How rows that changed since the last checkpoint are there.
    private Dictionary<int, Before> _before = [];

    // Rows before this one are in it.
    private int _savedRows;

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
            Saved(rows: 0);
        }

        var changes = new Changes(_options.HasTags);
        foreach ((int row, Before before) in _before.OrderBy(b => b.Key))
        {
            Note(changes, row, before);
            Write(changes, RecordBatch.DefaultRows, writer, table);
        }

        for (int row = _savedRows; row < _size; row++)
        {
            changes.Add(row, _options.HasTags ? _tags.Pointer[row] : 0, _weights.Pointer[row]);
            Write(changes, RecordBatch.DefaultRows, writer, table);
        }

        Write(changes, 1, writer, table);
        Saved(_size);
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
            if (_options.HasTags && weights[i] > 0)
            {
                _tags.Pointer[numbers[i]] = tags[i];
            }
        }

        Saved(_size);
        return numbers;
    }

    private static Schema SavedSchema(Schema schema, bool hasTags) => hasTags ? new Schema([.. schema.Fields, new Field(Tag, DataType.Int64, nullable: false)]) : schema;

    // The checkpoint knows so many rows as they are.
    private void Saved(int rows)
    {
        _before.Clear();
        _savedRows = rows;
    }

    // Called before a row changes.
    private void Touch(int row)
    {
        if (row < _savedRows)
        {
            _before.TryAdd(row, new Before(_weights.Pointer[row], _options.HasTags ? _tags.Pointer[row] : 0));
        }
    }

    private void KeepSaved(ReadOnlySpan<bool> kept, ReadOnlySpan<int> renumbered)
    {
        var before = new Dictionary<int, Before>();
        foreach ((int row, Before was) in _before)
        {
            if (kept[row])
            {
                before.Add(renumbered[row], was);
            }
        }

        _before = before;
        _savedRows = kept[.._savedRows].Count(true);
    }

    private void Note(Changes changes, int row, Before before)
    {
        if (_options.HasTags && _tags.Pointer[row] != before.Tag)
        {
            changes.Add(row, before.Tag, -before.Weight);
            changes.Add(row, _tags.Pointer[row], _weights.Pointer[row]);
        }
        else
        {
            changes.Add(row, before.Tag, _weights.Pointer[row] - before.Weight);
        }
    }

    private void Write(Changes changes, int atLeast, IStateWriter writer, string table)
    {
        if (changes.Count >= atLeast)
        {
            using RecordBatch batch = changes.Take(_rows, _schema);
            writer.Write(table, StateChange.Add, batch);
        }
    }

    private readonly record struct Before(long Weight, long Tag);

    // What a checkpoint has to be told of rows.
    private sealed class Changes(bool hasTags)
    {
        private readonly List<int> _rows = [];
        private readonly List<long> _tags = [];
        private readonly List<long> _weights = [];

        public int Count => _rows.Count;

        public void Add(int row, long tag, long weight)
        {
            if (weight != 0)
            {
                _rows.Add(row);
                _tags.Add(tag);
                _weights.Add(weight);
            }
        }

        /// <summary>The rows with their tags and weights, which are forgotten then.</summary>
        public RecordBatch Take(RowChunks from, Schema schema)
        {
            using RecordBatch taken = from.TakeRows(CollectionsMarshal.AsSpan(_rows));
            Column[] tags = [];
            if (hasTags)
            {
                using var builder = new FixedBuilder<long>(DataType.Int64, _rows.Count);
                CollectionsMarshal.AsSpan(_tags).CopyTo(builder.AppendUninitialized(_rows.Count));
                tags = [builder.Build()];
            }

            using var rows = new RecordBatch(SavedSchema(schema, hasTags), _rows.Count, [.. taken.Columns.Select(c => c.Share()), .. tags]);
            RecordBatch batch = Streaming.Weights.Join(rows, CollectionsMarshal.AsSpan(_weights));
            _rows.Clear();
            _tags.Clear();
            _weights.Clear();
            return batch;
        }
    }
}
