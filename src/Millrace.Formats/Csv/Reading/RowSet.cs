using Millrace.Columnar;

namespace Millrace.Formats.Csv;

/// <summary>
/// The rows that are decoded together. Field <c>c</c> of row <c>i</c> lies between entries <c>Bases[i] + c</c> and
/// <c>Bases[i] + c + 1</c>, both exclusive; a length of -1 says that the row has no such field.
/// </summary>
internal sealed unsafe class RowSet : IDisposable
{
    private const int PaddedEntries = 1 << 20;

    private readonly NativeBuffer _bases;
    private readonly NativeBuffer _records;
    private readonly int _columns;
    private NativeBuffer? _padded;

    /// <param name="capacity">Most rows.</param>
    /// <param name="columns">Columns of the file.</param>
    public RowSet(int capacity, int columns)
    {
        Capacity = capacity;
        _columns = columns;
        _bases = BufferPool.Rent(checked(capacity * sizeof(int)));
        _records = BufferPool.Rent(checked(capacity * sizeof(int)));
    }

    public int Capacity { get; }

    public int Count { get; private set; }

    /// <summary>Some row was padded and padding has room for no more.</summary>
    public bool IsFull => _padded is not null && (Count + 1) * (_columns + 1L) > _padded.Capacity / sizeof(int);

    public byte* Text { get; private set; }

    public int* Entries { get; private set; }

    public int* Bases => (int*)_bases.Pointer;

    /// <summary>Number of each row's record in its chunk.</summary>
    public int* Records => (int*)_records.Pointer;

    /// <summary>Starts anew over a chunk.</summary>
    public void Reset(byte* text, int* entries)
    {
        Count = 0;
        Text = text;
        Entries = entries;
        _padded?.Dispose();
        _padded = null;
    }

    /// <summary>Adds a row that has all fields.</summary>
    public void Add(int record, int* chunkEntries, int firstEntry)
    {
        if (_padded is not null)
        {
            AddPadded(record, chunkEntries, firstEntry, _columns);
            return;
        }

        Bases[Count] = firstEntry;
        Records[Count] = record;
        Count++;
    }

    /// <summary>
    /// Adds rows that have all fields, one after the other, up to the first that has not, or is longer than a field may be.
    /// Returns its number. To be called first after <see cref="Reset"/>.
    /// </summary>
    /// <param name="from">The first record.</param>
    /// <param name="to">The record behind the last.</param>
    /// <param name="ends">For each record the entry that ends its last field.</param>
    /// <param name="before">The entry before the first field of the first record; of the record returned afterwards.</param>
    /// <param name="maxBytes">Most bytes of a row.</param>
    public int AddWhole(int from, int to, int* ends, ref int before, int maxBytes)
    {
        int* entries = Entries;
        int* bases = Bases;
        int* records = Records;
        int first = before;
        int record = from;
        for (; record < to; record++)
        {
            int last = ends[record];
            if (last - first != _columns || entries[last] - entries[first] > maxBytes)
            {
                break;
            }

            bases[record - from] = first;
            records[record - from] = record;
            first = last;
        }

        Count = record - from;
        before = first;
        return record;
    }

    /// <summary>Adds a row with fewer fields than columns. From then on the rows' entries are copies.</summary>
    /// <param name="chunkEntries">The chunk's entries.</param>
    public void AddShort(int record, int* chunkEntries, int firstEntry, int fields)
    {
        if (_padded is null)
        {
            Pad(chunkEntries);
        }

        AddPadded(record, chunkEntries, firstEntry, fields);
    }

    /// <summary>Takes rows out; the numbers ascend.</summary>
    public void Remove(ReadOnlySpan<int> rows)
    {
        int kept = 0;
        int next = 0;
        for (int i = 0; i < Count; i++)
        {
            if (next < rows.Length && rows[next] == i)
            {
                next++;
                continue;
            }

            Bases[kept] = Bases[i];
            Records[kept] = Records[i];
            kept++;
        }

        Count = kept;
    }

    public void Dispose()
    {
        _bases.Dispose();
        _records.Dispose();
        _padded?.Dispose();
        _padded = null;
    }

    private void Pad(int* chunkEntries)
    {
        int rows = Count;
        long entries = Math.Max(Math.Min(Capacity * (_columns + 1L), PaddedEntries), (rows + 1) * (_columns + 1L));
        _padded = BufferPool.Rent(checked((int)entries * sizeof(int)));
        Entries = (int*)_padded.Pointer;
        Count = 0;
        for (int i = 0; i < rows; i++)
        {
            AddPadded(Records[i], chunkEntries, Bases[i], _columns);
        }
    }

    private void AddPadded(int record, int* chunkEntries, int firstEntry, int fields)
    {
        int at = Count * (_columns + 1);
        int* target = (int*)_padded!.Pointer + at;
        for (int i = 0; i <= _columns; i++)
        {
            target[i] = chunkEntries[firstEntry + Math.Min(i, fields)];
        }

        Bases[Count] = at;
        Records[Count] = record;
        Count++;
    }
}
