using System.Text;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.MySql;

/// <summary>Makes rows of the events of a binary log, as far as they are of one table, and keeps account of transactions and places.</summary>
/// <param name="table">The table.</param>
/// <param name="ignoresCase">Whether the server takes names of other case for the same.</param>
/// <param name="from">Where the log begins.</param>
/// <param name="open">Hears of transactions with rows of the table.</param>
/// <param name="note">Takes remarks.</param>
/// <param name="isFoundByServer">Whether the file in which it begins is what the server says.</param>
/// <param name="hasGtids">Whether transactions have numbers that are to be kept account of.</param>
/// <param name="half">Transactions that are known to have no end; gets those that are found.</param>
internal sealed class LogDecoder(TableName table, bool ignoresCase, LogPosition from, OpenChanges open, Action<string> note, bool isFoundByServer, bool hasGtids, HalfTransactions half) : IDisposable
{
    private readonly MappedTable _mapped = new(table, NamesOf(ignoresCase));
    private readonly RowCursor _cursor = new();
    private readonly ChangedTuple _old = new();
    private readonly ChangedTuple _new = new();
    private readonly ErrorPlace _place = new() { Stream = table.ToString() };
    private readonly StringComparison _names = NamesOf(ignoresCase);
    private LogFormat? _format;
    private readonly ReadGtids _gtids = new(hasGtids, from.Gtids);
    private string _file = from.File;
    private uint _created = from.Created;
    private ulong _at = from.Place;
    private ulong _end = from.Place;
    private ulong _received = from.Place;
    private ulong _begin;
    private long _committedAt;
    private long _number;
    private bool _isOpen;
    private HalfTransaction _transaction;
    private bool _isHalf;

    /// <summary>The columns of the rows that come next; null before the log has told.</summary>
    public TableMap? Shape => _mapped.Shape;

    public bool IsInTransaction { get; private set; }

    // Whether the rows of the transaction that has begun are not taken.
    private bool IsLeftOut => _isHalf || _gtids.IsRead;

    /// <summary>Every transaction that ends before this place was read.</summary>
    public ulong End => _end;

    /// <summary>How far the server has sent the log; 0 before it has begun to.</summary>
    public ulong Received => _format is null ? 0 : Math.Max(_received, _at);

    /// <summary>When the last transaction that was read was committed, in microseconds since 1970; 0 before the first.</summary>
    public long NewestCommit { get; private set; }

    /// <summary>Whether the event that was taken last has rows that are not taken yet.</summary>
    public bool HasRows => _cursor.HasMore;

    /// <summary>File and place behind what was read last.</summary>
    public (string File, long At) Reached => (_file, LogPosition.OffsetOf(_end));

    /// <summary>Behind what was read last.</summary>
    public LogPosition Position
    {
        get
        {
            var position = new LogPosition(_file, LogPosition.OffsetOf(_end), _created) { Gtids = _gtids.Text, Server = from.Server, Shift = from.Shift };
            return IsInTransaction && _number > 0 ? position with { Transaction = _begin, Rows = _number } : position;
        }
    }

    /// <summary>Takes an event, and the first of its rows.</summary>
    /// <param name="data">The event, which stays where it is while there are <see cref="HasRows"/>.</param>
    /// <param name="rows">Gets the rows of the table.</param>
    /// <param name="slots">For each column of <see cref="Shape"/> its place in the rows.</param>
    /// <returns>Whether the columns are others from now on.</returns>
    public bool Take(ReadOnlyMemory<byte> data, ChangeRows rows, ReadOnlySpan<int> slots)
    {
        LogEvent header = LogEvent.Read(data.Span);
        if (header.Type == LogEventType.FormatDescription)
        {
            Describe(header, data.Span, rows);
            return false;
        }

        if (_format is null)
        {
            TakeBeginning(header, data.Span);
            return false;
        }

        if (header.Type is LogEventType.Heartbeat or LogEventType.HeartbeatV2)
        {
            TakeHeartbeat(header);
            return false;
        }

        if (header.IsArtificial)
        {
            // Made for the reader: it has no place of its own.
            if (header.Type == LogEventType.Rotate)
            {
                Rotate(data.Span, _format.HasChecksums ? sizeof(uint) : 0);
            }
            else if (header.Type == LogEventType.MariaGtidList && header.End != 0 && !IsInTransaction)
            {
                // How far the server has passed over what is read.
                Advance(header);
                _end = _at;
            }

            return false;
        }

        ReadOnlyMemory<byte> content = data[.._format.Checked(data.Span).Length];
        ulong before = _at;
        Advance(header);

        // A server that looks for transactions passes over events that lie before them.
        ulong begin = isFoundByServer ? Math.Max(before, _at - (ulong)header.Length) : before;
        return TakeContent(header, content, begin, rows, slots);
    }

    /// <summary>Takes another row of the event that was taken last.</summary>
    public void TakeRow(ChangeRows rows, ReadOnlySpan<int> slots)
    {
        _cursor.Read(_old, _new);
        switch (_cursor.Change)
        {
            case RowChange.Insert:
                RequireWhole(_old);
                Keep(rows, _cursor.Start, _cursor.End, _old, null);
                Add((byte)'I', _old, rows, slots);
                break;
            case RowChange.Delete:
                _old.Forget();
                Keep(rows, _cursor.Start, _cursor.End, _old, null);
                Add((byte)'D', _old, rows, slots);
                break;
            default:
                TakeUpdate(rows, slots);
                break;
        }
    }

    public void Dispose() => _cursor.Dispose();

    private void Describe(in LogEvent header, ReadOnlySpan<byte> data, ChangeRows rows)
    {
        _format = LogFormat.Read(header, data);
        _format.Checked(data);
        if (_created != 0 && _created != _format.Created)
        {
            throw LogErrors.Lost.Error($"The file {_file} of the binary log is not the one that the job has read: it was begun at another time. The log was reset, or this is another server.", _place);
        }

        if (IsInTransaction)
        {
            Abandon(_format, rows);
        }

        _created = _format.Created;
        _mapped.ForgetNumber();
        if (!header.IsArtificial)
        {
            Advance(header);
        }
    }

    // The name of the file, made by the server.
    private void TakeBeginning(in LogEvent header, ReadOnlySpan<byte> data)
    {
        if (header.Type is not (LogEventType.Rotate or LogEventType.Heartbeat or LogEventType.HeartbeatV2))
        {
            throw LogErrors.Broken.Error($"The log begins with an event of the type {(int)header.Type}.");
        }

        if (isFoundByServer && header.Type == LogEventType.Rotate)
        {
            // Nothing has told yet whether there are checksums.
            Rotate(data, LogFormat.EndsWithChecksum(data) ? sizeof(uint) : 0);
        }
    }

    // Says how far the server is, where it has nothing to send.
    private void TakeHeartbeat(in LogEvent header)
    {
        if (header.End != 0)
        {
            _received = Math.Max(_received, LogPosition.Of(_file, Continued(header.End), from.Shift));
        }
    }

    private bool TakeContent(in LogEvent header, ReadOnlyMemory<byte> data, ulong begin, ChangeRows rows, ReadOnlySpan<int> slots)
    {
        switch (header.Type)
        {
            case LogEventType.Rotate:
                Rotate(data.Span, 0);
                return false;
            case LogEventType.Gtid or LogEventType.AnonymousGtid or LogEventType.TaggedGtid or LogEventType.MariaGtid:
                Begin(header, data.Span, begin);
                return false;
            case LogEventType.Query or LogEventType.QueryCompressed or LogEventType.ExecuteLoadQuery:
                TakeQuery(header, data.Span, begin, rows, slots);
                return false;
            case LogEventType.Xid:
                Commit();
                return false;
            case LogEventType.XaPrepare:
                RequireNoRows("prepares a transaction of several systems (XA), and does not tell whether its rows stay");
                Commit();
                return false;
            case LogEventType.TableMap:
                return _mapped.Take(data.Span, _format!);
            case LogEventType.MariaGtidList or LogEventType.PreviousGtids:
                _gtids.TakeBeginning(header.Type, data.Span);
                return false;
            case LogEventType.Incident:
                throw LogErrors.Unlogged.Error("The server says in its binary log that it lost events.", _place);
            case LogEventType.TransactionPayload when _gtids.IsRead:
                // The end of the transaction is in it.
                Commit();
                return false;
            case LogEventType.TransactionPayload:
                throw LogErrors.NotReady.Error("The binary log has compressed transactions, which cannot be read.", _place, "SET GLOBAL binlog_transaction_compression = OFF; and, since some are in the log already, begin anew: `millrace state reset`, and empty the target.");
            case LogEventType.PartialUpdateRows when !IsLeftOut && _mapped.Has(data.Span, _format!):
                throw LogErrors.NotReady.Error("The binary log has parts of values of the type json, which cannot be read.", _place, "SET GLOBAL binlog_row_value_options = '';");
            default:
                if (RowsKind.Of(header.Type) is { } kind)
                {
                    TakeRows(kind, data, rows, slots);
                }
                else if (!Enum.IsDefined(header.Type) && !header.IsIgnorable)
                {
                    throw LogErrors.Broken.Error($"The binary log has an event of the type {(int)header.Type}, which is unknown here.", _place);
                }

                return false;
        }
    }

    private void Begin(in LogEvent header, ReadOnlySpan<byte> data, ulong begin)
    {
        GroupStart start = LogGroup.Read(header, data);
        _committedAt = start.CommittedAt;
        _gtids.Begin(start.Gtid);
        Begin(begin);
        _isOpen = start.IsOpen;
    }

    private void Begin(ulong begin)
    {
        _begin = begin;
        _number = 0;
        _transaction = new HalfTransaction(_file, _created, LogPosition.OffsetOf(begin));
        _isHalf = half.Contains(_transaction);
        IsInTransaction = true;
    }

    private void Commit()
    {
        IsInTransaction = false;
        _isOpen = false;
        _end = _at;
        _gtids.Commit();
        NewestCommit = _committedAt;
        if (_number > 0)
        {
            open.Add(_begin, _committedAt);
        }
    }

    private void TakeQuery(in LogEvent header, ReadOnlySpan<byte> data, ulong begin, ChangeRows rows, ReadOnlySpan<int> slots)
    {
        if (!IsInTransaction)
        {
            Begin(begin);
        }

        if (!_isOpen)
        {
            _committedAt = Math.Max(_committedAt, header.Time * 1_000_000L);
        }

        (string database, string text) = LogQuery.Read(data, header.Type);
        StatementKind kind = LogStatement.Classify(text, database, table, _names);
        if (IsLeftOut && kind is not (StatementKind.Begin or StatementKind.Commit or StatementKind.Rollback))
        {
            kind = StatementKind.Other;
        }

        switch (kind)
        {
            case StatementKind.Begin:
                _isOpen = true;
                return;
            case StatementKind.Commit:
                Commit();
                return;
            case StatementKind.Rollback:
                Rollback(rows);
                return;
            case StatementKind.RollbackTo:
                RequireNoRows("takes back a part of a transaction");
                break;
            case StatementKind.Truncate:
                Add((byte)'T', null, rows, slots);
                break;
            case StatementKind.Unnamed:
                note($"{table}: rows may have come or gone in a way that the binary log does not name: {Beginning(text)}");
                break;
            case StatementKind.Unlogged:
                throw LogErrors.Unlogged.Error($"The binary log has a statement that changes rows, and not the rows: {Beginning(text)}", _place, "Some session writes with another `binlog_format` than ROW. Begin anew: `millrace state reset`, and empty the target.");
            default:
                break;
        }

        if (!_isOpen)
        {
            Commit();
        }
    }

    // Rows of tables without transactions stay, and are logged in this way; ours does not.
    private void Rollback(ChangeRows rows)
    {
        if (!TryCut(rows))
        {
            RequireNoRows("takes back a transaction of which rows were handed over");
        }

        Commit();
    }

    // The server died while it wrote the transaction to the log, and rolled it back when it was started again. Its number counts as not used: the
    // server gives it to another.
    private void Abandon(LogFormat next, ChangeRows rows)
    {
        string file = $"file of the binary log before {_file} ends within a transaction";
        if (!next.FollowsStart)
        {
            throw LogErrors.Broken.Error($"The {file}, and the server was not started anew behind it.", _place);
        }

        long number = _number;
        if (!TryCut(rows))
        {
            // No epoch ends within a transaction: what was handed over goes with the attempt.
            half.Add(_transaction);
            throw LogErrors.Broken.Error($"The {file}, of which {number} rows were handed over: the server died while it wrote it, and rolled it back.", _place, "Let the job try again (`retry: 3`): the next attempt of the same run leaves the transaction out.");
        }

        if (number > 0)
        {
            note($"{table}: the {file}: the server died while it wrote it, and rolled it back; {number} rows are left out");
        }

        _gtids.Abandon();
        IsInTransaction = false;
        _isOpen = false;
        _end = _at;
    }

    // Whether the rows of the transaction are gone, since none of them was handed over.
    private bool TryCut(ChangeRows rows)
    {
        if (_number > rows.Count || (_number > 0 && rows.Rows[^(int)_number].Commit != _begin))
        {
            return false;
        }

        rows.CutTo(rows.Count - (int)_number);
        _number = 0;
        return true;
    }

    private void RequireNoRows(string what)
    {
        if (_number > 0)
        {
            throw LogErrors.Unlogged.Error($"The binary log {what}.", _place, "Read the table with `mode: incremental`, or keep such transactions away from it; then begin anew: `millrace state reset`, and empty the target.");
        }
    }

    private void TakeRows(RowsKind kind, ReadOnlyMemory<byte> data, ChangeRows rows, ReadOnlySpan<int> slots)
    {
        if (IsLeftOut || !_mapped.Has(data.Span, _format!))
        {
            return;
        }

        _cursor.Open(data, kind, _format!, Shape!);
        if (_cursor.HasMore)
        {
            TakeRow(rows, slots);
        }
    }

    private void TakeUpdate(ChangeRows rows, ReadOnlySpan<int> slots)
    {
        _new.FillFrom(_old);
        if (HasSameKey(_cursor.Data))
        {
            // The row as it was is kept only where values of the new one lie in it.
            Keep(rows, _cursor.IsWhole ? _cursor.Middle : _cursor.Start, _cursor.End, _new, null);
            Add((byte)'U', _new, rows, slots);
            return;
        }

        // The row goes under its old key; what was not sent of it goes along to the next row.
        Keep(rows, _cursor.Start, _cursor.End, _old, _new);
        _old.Forget();
        int before = rows.Count;
        Add((byte)'D', _old, rows, slots);
        if (rows.Count > before)
        {
            rows.AddUnchanged(_new, slots);
        }

        Add((byte)'U', _new, rows, slots);
    }

    // Copies a row to the others, and counts its values from there.
    private void Keep(ChangeRows rows, int start, int end, ChangedTuple tuple, ChangedTuple? other)
    {
        int shift = rows.Bytes - start;
        _cursor.Data[start..end].CopyTo(rows.Room(end - start).Span);
        rows.Keep(end - start);
        tuple.Move(shift);
        other?.Move(shift);
    }

    private void Add(byte op, ChangedTuple? tuple, ChangeRows rows, ReadOnlySpan<int> slots)
    {
        _number++;
        if (_begin != from.Transaction || _number > from.Rows)
        {
            rows.Add(new RowInfo(op, _begin, _number, _committedAt), tuple, slots);
        }
    }

    private bool HasSameKey(ReadOnlySpan<byte> data)
    {
        IReadOnlyList<int> key = Shape!.Key;
        for (int i = 0; i < (key.Count == 0 ? _new.Count : key.Count); i++)
        {
            if (!_new.IsSame(_old, key.Count == 0 ? i : key[i], data))
            {
                return false;
            }
        }

        return true;
    }

    // A value that the log leaves out of a new row is the default of its column, which the log does not tell.
    private void RequireWhole(ChangedTuple row)
    {
        int missing = row.Lengths.IndexOf(ChangedTuple.Unchanged);
        if (missing >= 0)
        {
            throw LogErrors.Unlogged.Error(
                $"The binary log leaves out the value of '{Shape!.Columns[missing].Name}' in a new row.",
                _place,
                "SET GLOBAL binlog_row_image = FULL; some session wrote without it. Begin anew: `millrace state reset`, and empty the target.");
        }
    }

    private void Rotate(ReadOnlySpan<byte> data, int checksum)
    {
        var bytes = new EventBytes(data);
        bytes.Take(LogEvent.HeaderLength);
        ulong at = bytes.UInt64();
        string file = Encoding.UTF8.GetString(bytes.Bytes(Math.Max(0, bytes.Left - checksum)));
        ulong place = LogPosition.Of(file, (long)at, from.Shift);
        if (file == _file || place < _at)
        {
            return;
        }

        // A transaction that is open still has no end: how the file begins tells why.
        _file = file;
        _created = 0;
        _at = place;
        _end = place;
    }

    private void Advance(in LogEvent header) => _at = LogPosition.Of(_file, Continued(header.End), from.Shift);

    // Only the lower 32 bits of a place are in the log.
    private long Continued(uint end)
    {
        long before = LogPosition.OffsetOf(_at);
        long place = (before & ~(long)uint.MaxValue) | end;
        return place >= before ? place : place + (1L << 32);
    }

    private static StringComparison NamesOf(bool ignoresCase) => ignoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    private static string Beginning(string statement) => statement.Length <= 120 ? statement : statement[..120] + "…";
}
