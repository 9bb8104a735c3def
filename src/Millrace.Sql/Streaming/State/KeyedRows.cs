using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>What a <see cref="KeyedRows"/> keeps of its rows.</summary>
internal sealed record KeyedRowsOptions
{
    /// <summary>Whether rows are taken back: then equal rows are one, and are found by their values.</summary>
    public bool Retracts { get; init; }

    /// <summary>
    /// Whether a row that counts again after it was gone is a new one, with a number of its own: numbers are then in the order
    /// in which rows have begun to count, before and after a restart.
    /// </summary>
    public bool InOrder { get; init; }

    /// <summary>Whether the rows have a number besides, which is part of the state: <see cref="KeyedRows.Tags"/>.</summary>
    public bool HasTags { get; init; }

    /// <summary>Number of a timestamp column by which rows become old; null for none.</summary>
    public int? TimeColumn { get; init; }

    /// <summary>Whether the time of the last use of each row is kept.</summary>
    public bool TracksUse { get; init; }
}

/// <summary>
/// Rows and how often each counts, found by their key. Those of a key come in the order in which they came. Rows have
/// numbers, which stay until <see cref="KeyTable.Tidy"/>. One thread uses it.
/// </summary>
internal sealed unsafe partial class KeyedRows : IDisposable
{
    /// <summary>No row.</summary>
    public const int None = -1;

    /// <summary>The tag of a row that has begun to count: whoever adds rows gives them tags then.</summary>
    public const long Fresh = long.MinValue;

    // Next of a row that is in the list of no key.
    private const int Unlinked = -2;

    // Below this there is nothing to be won by tidying up.
    private const int FewRows = 1024;

    private readonly Schema _schema;
    private readonly KeyTable _keys;
    private readonly KeyedRowsOptions _options;
    private readonly RowChunks _rows;
    private RowIndex? _index;
    private GrowingArray<int> _heads = new();
    private GrowingArray<int> _tails = new();
    private GrowingArray<int> _next = new();
    private GrowingArray<int> _keyOf = new();
    private GrowingArray<long> _weights = new();
    private GrowingArray<long> _tags = new();
    private GrowingArray<long> _notes = new();
    private int[] _numbers = [];
    private int _size;

    /// <param name="schema">Columns of the rows, without weights.</param>
    /// <param name="keys">Numbers of their keys; not owned.</param>
    /// <param name="options">What is kept of them.</param>
    public KeyedRows(Schema schema, KeyTable keys, KeyedRowsOptions options)
    {
        (_schema, _keys, _options) = (schema, keys, options);
        _rows = new RowChunks(schema);
        _index = options.Retracts ? new RowIndex(_rows) : null;
        Times = options.TimeColumn is null ? null : new RowTimes();
        Uses = options.TracksUse ? new RowTimes() : null;
        keys.Attach(this);
    }

    /// <summary>Rows that count something.</summary>
    public int Count { get; private set; }

    public long ByteSize => _rows.ByteSize + (_index?.ByteSize ?? 0) + (Times?.ByteSize ?? 0) + (Uses?.ByteSize ?? 0)
        + _heads.ByteSize + _tails.ByteSize + _next.ByteSize + _keyOf.ByteSize + _weights.ByteSize + _tags.ByteSize + _notes.ByteSize + (_before.Count * BeforeBytes);

    /// <summary>Another number whenever rows or keys have got other numbers.</summary>
    public int Generation { get; private set; }

    /// <summary>The rows in batches, and the number of the first one of each; also rows that are gone.</summary>
    public IEnumerable<(int First, RecordBatch Rows)> All => _rows.All;

    /// <summary>How often each row counts, by number; zero for rows that are gone.</summary>
    public ReadOnlySpan<long> Weights => new(_weights.Pointer, _size);

    /// <summary>A number for each row that is saved with it, <see cref="Fresh"/> at first; empty if there are none.</summary>
    public ReadOnlySpan<long> Tags => _options.HasTags ? new ReadOnlySpan<long>(_tags.Pointer, _size) : [];

    /// <summary>Another number for each row with a tag, zero at first, which is not saved.</summary>
    public Span<long> Notes => _options.HasTags ? new Span<long>(_notes.Pointer, _size) : [];

    /// <summary>Event time of each row in microseconds; null without a time column.</summary>
    public RowTimes? Times { get; }

    /// <summary>When each row was last used, by the run's clock; null if that is not kept.</summary>
    public RowTimes? Uses { get; }

    /// <summary>Adds rows, or takes equal ones back where the weight is less than zero.</summary>
    /// <param name="rows">In the schema of these rows; borrowed.</param>
    /// <param name="keys">Numbers of their keys; rows without a key are left out.</param>
    /// <param name="weights">How often each counts; empty for once.</param>
    /// <param name="now">The run's clock.</param>
    /// <returns>The number of each row, <see cref="None"/> for those left out. Dead after the next call.</returns>
    public ReadOnlySpan<int> Add(RecordBatch rows, ReadOnlySpan<int> keys, ReadOnlySpan<long> weights, long now)
    {
        if (!_options.Retracts)
        {
            _index = null;
        }

        return AddCore(rows, keys, weights, now);
    }

    /// <summary>The first row of a key that counts something, or <see cref="None"/>.</summary>
    public int First(int key)
    {
        if (key >= _heads.Length || key < 0)
        {
            return None;
        }

        int row = _heads.Pointer[key];
        while (row != None && _weights.Pointer[row] == 0)
        {
            int dead = row;
            row = _next.Pointer[dead];
            _next.Pointer[dead] = Unlinked;
        }

        _heads.Pointer[key] = row;
        if (row == None)
        {
            _tails.Pointer[key] = None;
        }

        return row;
    }

    /// <summary>The row of the same key behind another one that was found so.</summary>
    public int Next(int row)
    {
        int next = _next.Pointer[row];
        if (next == None || _weights.Pointer[next] != 0)
        {
            return next;
        }

        while (next != None && _weights.Pointer[next] == 0)
        {
            int dead = next;
            next = _next.Pointer[dead];
            _next.Pointer[dead] = Unlinked;
        }

        _next.Pointer[row] = next;
        if (next == None)
        {
            _tails.Pointer[_keyOf.Pointer[row]] = row;
        }

        return next;
    }

    /// <summary>Whether any row of a key counts something.</summary>
    public bool HasRows(int key) => First(key) != None;

    /// <summary>The number of a row's key.</summary>
    public int KeyOf(int row) => _keyOf.Pointer[row];

    /// <summary>Rows by number, in the order given; the caller owns the batch.</summary>
    /// <param name="rows">Numbers of rows, also of some that are gone since the last <see cref="KeyTable.Tidy"/>.</param>
    /// <param name="columns">Numbers of the columns wanted; null for all.</param>
    public RecordBatch Take(ReadOnlySpan<int> rows, IReadOnlyList<int>? columns = null) => _rows.TakeRows(rows, columns);

    /// <summary>Less than zero if a row comes before another by an order.</summary>
    public int Compare(int left, int right, IReadOnlyList<OrderColumn> order)
    {
        (RecordBatch leftRows, int leftRow) = _rows.Find(left);
        (RecordBatch rightRows, int rightRow) = _rows.Find(right);
        return new RowOrder(OrderColumn.Keys(order, leftRows), [.. order.Select(o => rightRows[o.Column])]).Compare(leftRow, rightRow);
    }

    /// <summary>Gives a row another tag.</summary>
    public void SetTag(int row, long tag)
    {
        Touch(row);
        _tags.Pointer[row] = tag;
    }

    /// <summary>Drops rows, as if they had never been.</summary>
    public void Remove(ReadOnlySpan<int> rows)
    {
        foreach (int row in rows)
        {
            Touch(row);
            Count -= _weights.Pointer[row] == 0 ? 0 : 1;
            _weights.Pointer[row] = 0;
            if (_options.HasTags)
            {
                _notes.Pointer[row] = 0;
            }
        }
    }

    /// <summary>Makes a row count less often, as if the others like it had never been.</summary>
    public void Lower(int row, long weight)
    {
        Touch(row);
        Count -= _weights.Pointer[row] != 0 && weight == 0 ? 1 : 0;
        _weights.Pointer[row] = weight;
    }

    public void Dispose()
    {
        _rows.Dispose();
        Times?.Dispose();
        Uses?.Dispose();
        _heads.Dispose();
        _tails.Dispose();
        _next.Dispose();
        _keyOf.Dispose();
        _weights.Dispose();
        _tags.Dispose();
        _notes.Dispose();
    }
}
