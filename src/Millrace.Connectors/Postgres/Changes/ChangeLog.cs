using Millrace.Connectors.Common;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// The changes of one table as the server sends them: whole transactions in the order of their commits (documentation, "Logical
/// Replication Message Formats"). It outlives the plans that read from it one after the other.
/// </summary>
/// <param name="messages">The messages.</param>
/// <param name="table">The table.</param>
/// <param name="from">Where the stream begins.</param>
/// <param name="open">Hears of transactions that are read.</param>
internal sealed class ChangeLog(ILogMessages messages, ChangeTable table, ChangePosition from, OpenChanges open) : IChangeLog
{
    private readonly ChangedTuple _old = new();
    private readonly ChangedTuple _new = new();
    private readonly HashSet<uint> _ours = [];
    private int[] _key = [];
    private ulong _end = from.End;
    private ulong _commit;
    private long _committedAt;
    private long _number;
    private ulong _pending;

    /// <summary>The columns of the rows that come next; null before the server has told.</summary>
    public RelationShape? Shape { get; private set; }

    public bool IsInTransaction { get; private set; }

    public ulong End => _end;

    public ulong Received => messages.Received;

    public bool IsWaiting => messages.IsWaiting;

    /// <summary>When the last transaction that was read was committed, in microseconds since 1970; 0 before the first.</summary>
    public long NewestCommit { get; private set; }

    /// <summary>Behind what was read last.</summary>
    public ChangePosition Position => IsInTransaction && _number > 0 ? new ChangePosition(from.Slot, _end, _commit, _number) : new ChangePosition(from.Slot, _end);

    /// <summary>
    /// The place before which every transaction with rows of the table was committed by the target, given how far it is; null when
    /// it has yet to commit some. Open to all threads.
    /// </summary>
    public ulong? IdlePlace(ulong acknowledged)
    {
        // In this order: rows are marked as pending before the end of their transaction is received.
        ulong received = messages.Received;
        return Volatile.Read(ref _pending) <= acknowledged ? received : null;
    }

    public bool MoveNext() => messages.MoveNext();

    public ValueTask WaitAsync(TimeSpan time, CancellationToken cancellation) => messages.WaitAsync(time, cancellation);

    public async ValueTask<bool> TakeAsync(ChangeRows rows, int[] slots, CancellationToken cancellation)
    {
        Memory<byte> room = rows.Room(messages.Length);
        await messages.CopyToAsync(room, cancellation).ConfigureAwait(false);
        return Take(room.Span, rows, slots);
    }

    private bool Take(ReadOnlySpan<byte> data, ChangeRows rows, ReadOnlySpan<int> slots)
    {
        var message = new MessageBytes(data);
        switch (message.Byte())
        {
            case (byte)'B':
                _commit = message.UInt64();
                _committedAt = message.Int64() + TimestampDecode.MicrosecondsTo2000;
                _number = 0;
                IsInTransaction = true;
                return false;
            case (byte)'C':
                message.Take(1 + sizeof(ulong));
                Commit(message.UInt64());
                return false;
            case (byte)'R':
                return TakeRelation(ref message);
            case (byte)'T':
                TakeTruncate(ref message, rows, slots);
                return false;
            case (byte)'I' or (byte)'U' or (byte)'D':
                if (_ours.Contains(message.UInt32()))
                {
                    TakeRow(data[0], ref message, data, rows, slots);
                }

                return false;
            default:
                // Types are looked up in the catalogue; nobody asked for the origin.
                return false;
        }
    }

    private void Commit(ulong end)
    {
        IsInTransaction = false;
        _end = end;
        NewestCommit = _committedAt;
        if (_number > 0)
        {
            Volatile.Write(ref _pending, end);
        }
    }

    private bool TakeRelation(ref MessageBytes message)
    {
        uint oid = message.UInt32();
        string schema = message.Text();
        string name = message.Text();
        if (oid != table.Oid && (schema != table.Name.Schema || name != table.Name.Name))
        {
            return false;
        }

        bool isFull = message.Byte() == (byte)'f';
        var columns = new RelationColumn[message.Int16()];
        var key = new List<int>();
        for (int i = 0; i < columns.Length; i++)
        {
            bool isKey = (message.Byte() & 1) != 0;
            columns[i] = new RelationColumn(message.Text(), message.UInt32(), message.Int32());
            if (isFull && table.Key.Count > 0 ? table.Key.Contains(columns[i].Name) : isKey)
            {
                key.Add(i);
            }
        }

        _key = [.. key];
        _ours.Add(oid);
        var shape = new RelationShape(oid, columns);
        bool isOther = Shape is null || !Shape.IsSame(shape);
        Shape = shape;
        return isOther;
    }

    private void TakeTruncate(ref MessageBytes message, ChangeRows rows, ReadOnlySpan<int> slots)
    {
        int tables = message.Int32();
        message.Byte();
        for (int i = 0; i < tables; i++)
        {
            if (_ours.Contains(message.UInt32()))
            {
                Add((byte)'T', null, rows, slots);
            }
        }
    }

    private void TakeRow(byte kind, ref MessageBytes message, ReadOnlySpan<byte> data, ChangeRows rows, ReadOnlySpan<int> slots)
    {
        int columns = Shape!.Columns.Count;
        int offset = rows.Bytes;
        _old.Clear();
        _new.Clear();
        byte part = message.Byte();
        bool isWhole = part == (byte)'O';
        if (part is (byte)'K' or (byte)'O')
        {
            TupleMessage.Read(ref message, offset, columns, _old);
            part = kind == (byte)'D' ? part : message.Byte();
        }

        if (part == (byte)'N')
        {
            TupleMessage.Read(ref message, offset, columns, _new);
        }

        if (kind == (byte)'D' ? !_old.IsThere : !_new.IsThere)
        {
            throw ChangeErrors.BrokenStream.Error($"A change of the kind {(char)kind} has no row.");
        }

        rows.Keep(data.Length);
        switch (kind)
        {
            case (byte)'I':
                Add((byte)'I', _new, rows, slots);
                break;
            case (byte)'D':
                Add((byte)'D', _old, rows, slots);
                break;
            default:
                if (_old.IsThere && !HasSameKey(rows.Data))
                {
                    AddMove(rows, slots, isWhole);
                }

                if (isWhole)
                {
                    _new.FillFrom(_old);
                }

                Add((byte)'U', _new, rows, slots);
                break;
        }
    }

    // The row goes under its old key; what was not sent of it goes along to the next row.
    private void AddMove(ChangeRows rows, ReadOnlySpan<int> slots, bool isWhole)
    {
        int before = rows.Count;
        Add((byte)'D', _old, rows, slots);
        if (rows.Count > before && !isWhole)
        {
            rows.AddUnchanged(_new, slots);
        }
    }

    private void Add(byte op, ChangedTuple? tuple, ChangeRows rows, ReadOnlySpan<int> slots)
    {
        if (_number++ == 0)
        {
            open.Add(_commit, _committedAt);
        }

        Volatile.Write(ref _pending, ulong.MaxValue);
        if (_commit != from.Transaction || _number > from.Rows)
        {
            rows.Add(new RowInfo(op, _commit, _number, _committedAt), tuple, slots);
        }
    }

    private bool HasSameKey(ReadOnlySpan<byte> data)
    {
        foreach (int column in _key)
        {
            if (!_new.IsSame(_old, column, data))
            {
                return false;
            }
        }

        return true;
    }
}
