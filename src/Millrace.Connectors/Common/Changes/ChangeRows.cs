using System.Buffers;

namespace Millrace.Connectors.Common;

/// <summary>
/// Rows of changes on their way into a batch: the bytes of their messages, where the values of each column lie in them, and what
/// else belongs to each row. Bounded by rows and bytes.
/// </summary>
internal sealed class ChangeRows : IDisposable
{
    private const int FirstCapacity = 256 << 10;
    private const int BatchBytes = 4 << 20;

    // Servers know no row larger than 1 GiB; an update may carry two.
    private const int MaxCapacity = int.MaxValue - 64;

    private readonly ErrorCode _broken;
    private readonly int _columns;
    private readonly int _batchRows;
    private readonly int _maxRows;
    private readonly int[] _starts;
    private readonly int[] _lengths;
    private readonly RowInfo[] _rows;
    private readonly List<(int Row, int Column)> _unchanged = [];
    private byte[] _data = ArrayPool<byte>.Shared.Rent(FirstCapacity);

    /// <param name="columns">Columns that are wanted.</param>
    /// <param name="batchRows">Rows of a batch.</param>
    /// <param name="broken">What a message is that is too long.</param>
    public ChangeRows(int columns, int batchRows, ErrorCode broken)
    {
        _broken = broken;
        // A message may hold two rows, and one more is looked at before a transaction is cut.
        int maxRows = batchRows + 3;
        _columns = columns;
        _batchRows = batchRows;
        _maxRows = maxRows;
        _starts = new int[columns * maxRows];
        _lengths = new int[columns * maxRows];
        _rows = new RowInfo[maxRows];
    }

    public int Count { get; private set; }

    /// <summary>The most rows that there can be.</summary>
    public int Capacity => _maxRows;

    /// <summary>Bytes of the messages so far.</summary>
    public int Bytes { get; private set; }

    /// <summary>Whether what is there makes a batch.</summary>
    public bool IsFull => Count >= _batchRows || Bytes >= BatchBytes;

    public bool IsHalfFull => Count >= (_batchRows + 1) / 2 || Bytes >= BatchBytes / 2;

    public ReadOnlySpan<RowInfo> Rows => _rows.AsSpan(0, Count);

    /// <summary>Values that were not sent, by row and then by column.</summary>
    public IReadOnlyList<(int Row, int Column)> Unchanged => _unchanged;

    public ReadOnlySpan<byte> Data => _data.AsSpan(0, Bytes);

    public FieldRun Field(int column) => new(_data, _starts.AsSpan(column * _maxRows, Count), _lengths.AsSpan(column * _maxRows, Count));

    /// <summary>Room behind the bytes that are there; what lies before stays where it is.</summary>
    public Memory<byte> Room(int length)
    {
        if (length > _data.Length - Bytes)
        {
            if (length > MaxCapacity - Bytes)
            {
                throw _broken.Error($"A message of {length} bytes is too long.");
            }

            byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Max(Bytes + (long)length, Math.Min((long)_data.Length * 2, MaxCapacity)));
            _data.AsSpan(0, Bytes).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_data);
            _data = larger;
        }

        return _data.AsMemory(Bytes, length);
    }

    /// <summary>The bytes of a message are there to stay.</summary>
    public void Keep(int length) => Bytes += length;

    /// <param name="info">What happened.</param>
    /// <param name="tuple">The row; null for none.</param>
    /// <param name="slots">For each column of the row its place here; -1 for one that nobody wants.</param>
    public void Add(in RowInfo info, ChangedTuple? tuple, ReadOnlySpan<int> slots)
    {
        int row = Count++;
        _rows[row] = info;
        for (int c = 0, slot = row; c < _columns; c++, slot += _maxRows)
        {
            _lengths[slot] = ChangedTuple.Null;
        }

        if (tuple is null)
        {
            return;
        }

        ReadOnlySpan<int> starts = tuple.Starts;
        ReadOnlySpan<int> lengths = tuple.Lengths;
        for (int i = 0; i < slots.Length; i++)
        {
            if (slots[i] < 0)
            {
                continue;
            }

            int at = (slots[i] * _maxRows) + row;
            if (lengths[i] == ChangedTuple.Unchanged)
            {
                _unchanged.Add((row, slots[i]));
            }
            else
            {
                _starts[at] = starts[i];
                _lengths[at] = lengths[i];
            }
        }
    }

    /// <summary>Names what another row leaves as it was in the last row.</summary>
    public void AddUnchanged(ChangedTuple other, ReadOnlySpan<int> slots)
    {
        for (int i = 0; i < slots.Length; i++)
        {
            if (slots[i] >= 0 && other.Lengths[i] == ChangedTuple.Unchanged)
            {
                _unchanged.Add((Count - 1, slots[i]));
            }
        }
    }

    /// <summary>Drops the last rows.</summary>
    /// <param name="count">Rows before them.</param>
    public void CutTo(int count)
    {
        Count = count;
        _unchanged.RemoveAll(u => u.Row >= count);
    }

    public void Clear()
    {
        Count = 0;
        Bytes = 0;
        _unchanged.Clear();

        // One huge row is no reason to keep its room.
        if (_data.Length > 4 * BatchBytes)
        {
            ArrayPool<byte>.Shared.Return(_data);
            _data = ArrayPool<byte>.Shared.Rent(FirstCapacity);
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_data);
        _data = [];
    }
}

/// <summary>What belongs to a row beside its values.</summary>
/// <param name="Op">What happened, as its code.</param>
/// <param name="Commit">Place in the log where its transaction was committed.</param>
/// <param name="Number">Number of the row in its transaction, from 1.</param>
/// <param name="CommittedAt">Time of the commit, in microseconds since 1970.</param>
internal readonly record struct RowInfo(byte Op, ulong Commit, long Number, long CommittedAt);
