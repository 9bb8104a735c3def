namespace Millrace.Connectors.Postgres;

/// <summary>
/// Hands the messages of one stream on to the feeds of the tables that they are about (documentation, "Logical Replication Message
/// Formats"), and knows up to where the server may forget. When the stream begins anew further back, each feed gets only what
/// it does not have yet. Any thread may call.
/// </summary>
internal sealed class FeedRouter
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, TableStake> _tables = new(StringComparer.Ordinal);
    private readonly Dictionary<uint, (TableStake? Table, byte[] Message)> _relations = [];
    private readonly List<TableStake> _touched = [];
    private readonly FeedRoom _room = new();
    private byte[] _begin = [];
    private ulong _commit;
    private long _transaction;
    private ulong _received;

    public FeedRoom Room => _room;

    /// <summary>Everything before this place was handed on.</summary>
    public ulong Received => Volatile.Read(ref _received);

    /// <summary>Says what a table needs that nobody reads yet.</summary>
    public void Expect(string table, StakeKind kind)
    {
        lock (_lock)
        {
            Stake(table).Kind = kind;
        }
    }

    /// <summary>A new feed of the table, behind a position.</summary>
    /// <param name="table">The table.</param>
    /// <param name="oid">Its oid.</param>
    /// <param name="from">Every transaction committed before this place is left out.</param>
    /// <param name="isThere">Whether the stream has all that lies behind still before it; otherwise it has to begin anew.</param>
    public TableFeed Attach(string table, uint oid, ulong from, out bool isThere)
    {
        lock (_lock)
        {
            TableStake stake = Stake(table);
            stake.Feed?.Dispose();
            stake.Feed = new TableFeed(_room, () => Received);
            stake.Oid = oid;
            isThere = stake.LastCommit < from;

            // Until the stream begins anew nothing comes that others were before.
            stake.DoneCommit = isThere ? from - 1 : ulong.MaxValue;
            stake.BeginsAt = from;
            stake.PartCommit = 0;
            stake.PartMessages = 0;
            stake.IsWithinTransaction = false;
            stake.Relation = null;
            stake.Kind = StakeKind.Held;
            stake.Acknowledged = Math.Max(stake.Acknowledged, from);
            return stake.Feed;
        }
    }

    /// <summary>Nobody reads the table for now.</summary>
    /// <param name="table">The table.</param>
    /// <param name="feed">The feed that is given up; another one stays.</param>
    public void Detach(string table, TableFeed feed)
    {
        lock (_lock)
        {
            TableStake stake = Stake(table);
            stake.Feed = stake.Feed == feed ? null : stake.Feed;
            feed.Dispose();
        }
    }

    public void Hold(string table, ulong place)
    {
        lock (_lock)
        {
            TableStake stake = Stake(table);
            stake.Kind = StakeKind.Held;
            stake.Acknowledged = place;
        }
    }

    public void Acknowledge(string table, ulong place)
    {
        lock (_lock)
        {
            TableStake stake = Stake(table);
            stake.Kind = StakeKind.Held;
            stake.Acknowledged = Math.Max(stake.Acknowledged, place);
        }
    }

    /// <summary>The place before which no table needs anything any more; null while that cannot be told.</summary>
    public ulong? Least()
    {
        lock (_lock)
        {
            ulong? least = null;
            foreach (TableStake stake in _tables.Values)
            {
                if (stake.Kind == StakeKind.Unknown)
                {
                    return null;
                }

                if (stake.Kind == StakeKind.Held)
                {
                    ulong place = stake.LastCommit >= stake.Acknowledged ? stake.Acknowledged : Math.Max(stake.Acknowledged, _received);
                    least = least is null || place < least ? place : least;
                }
            }

            return least;
        }
    }

    /// <summary>The stream begins anew at a place before which no feed lacks anything.</summary>
    public void Restart(ulong place)
    {
        lock (_lock)
        {
            _relations.Clear();
            _touched.Clear();
            _received = place;
            foreach (TableStake stake in _tables.Values)
            {
                stake.LastCommit = 0;
                stake.DoneCommit = stake.DoneCommit == ulong.MaxValue ? stake.BeginsAt - 1 : stake.DoneCommit;
            }
        }
    }

    /// <summary>The stream has ended; whoever reads hears why.</summary>
    public void Fail(Exception error)
    {
        lock (_lock)
        {
            foreach (TableStake stake in _tables.Values)
            {
                stake.Feed?.Fail(error);
                stake.Feed = null;
            }
        }
    }

    /// <summary>The server has looked up to a place, and sent nothing else.</summary>
    public void ReceivedUpTo(ulong place)
    {
        lock (_lock)
        {
            _received = Math.Max(_received, place);
        }
    }

    /// <summary>Takes a message.</summary>
    public void Take(ReadOnlySpan<byte> data)
    {
        var message = new MessageBytes(data);
        lock (_lock)
        {
            switch (message.Byte())
            {
                case (byte)'B':
                    _commit = message.UInt64();
                    _begin = data.ToArray();
                    _touched.Clear();
                    _transaction++;
                    break;
                case (byte)'C':
                    message.Take(1 + sizeof(ulong));
                    Commit(message.UInt64(), data);
                    break;
                case (byte)'R':
                    uint oid = message.UInt32();
                    _relations[oid] = (Find(oid, message.Text(), message.Text()), data.ToArray());
                    break;
                case (byte)'I' or (byte)'U' or (byte)'D':
                    Row(message.UInt32(), data);
                    break;
                case (byte)'T':
                    int tables = message.Int32();
                    message.Byte();
                    for (int i = 0; i < tables; i++)
                    {
                        Row(message.UInt32(), data);
                    }

                    break;
                default:
                    break;
            }
        }
    }

    private TableStake Stake(string table)
    {
        if (!_tables.TryGetValue(table, out TableStake? stake))
        {
            _tables[table] = stake = new TableStake(table);
        }

        return stake;
    }

    private TableStake? Find(uint oid, string schema, string name)
        => _tables.Values.FirstOrDefault(t => t.Oid == oid) ?? _tables.GetValueOrDefault(new TableName(schema, name).ToString());

    private void Commit(ulong end, ReadOnlySpan<byte> data)
    {
        foreach (TableStake table in _touched)
        {
            // After a new beginning it may be in the middle of a later one.
            if (table.IsWithinTransaction && table.PartCommit == _commit)
            {
                table.Feed?.Add(data);
                table.IsWithinTransaction = false;
            }

            table.DoneCommit = Math.Max(table.DoneCommit, _commit);
        }

        _touched.Clear();
        _received = Math.Max(_received, end);
    }

    private void Row(uint oid, ReadOnlySpan<byte> data)
    {
        if (!_relations.TryGetValue(oid, out var relation) || relation.Table is not { } table)
        {
            return;
        }

        table.LastCommit = Math.Max(table.LastCommit, _commit);
        if (table.Transaction != _transaction)
        {
            table.Transaction = _transaction;
            table.Seen = 0;
            _touched.Add(table);
        }

        if (table.Feed is not { } feed || _commit <= table.DoneCommit || (++table.Seen <= table.PartMessages && _commit == table.PartCommit))
        {
            return;
        }

        if (!table.IsWithinTransaction)
        {
            feed.Add(_begin);
            table.IsWithinTransaction = true;
        }

        if (table.Relation is null || !table.Relation.AsSpan().SequenceEqual(relation.Message))
        {
            feed.Add(relation.Message);
            table.Relation = relation.Message;
        }

        feed.Add(data);
        table.PartCommit = _commit;
        table.PartMessages = table.Seen;
    }
}
