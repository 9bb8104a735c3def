using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Groups and their states, in a lane or in a partition that is being merged. One thread uses it.</summary>
internal sealed unsafe class GroupedRows : IDisposable
{
    // A table's strings lie in one buffer, which ends at 2 GiB.
    private const long MaxBytes = 1 << 30;

    private readonly AggregatePlan _plan;
    private readonly Reservation _memory;
    private readonly GrowingArray<int> _groups = new();
    private GroupTable _table;
    private AggregateStates _states;
    private Column[]? _keys;

    public GroupedRows(AggregatePlan plan, MemoryBudget budget)
    {
        _plan = plan;
        _memory = new Reservation(budget);
        _table = GroupTable.Create(plan.KeyTypes);
        _states = new AggregateStates(plan);
        _states.Resize(_table.Count);
    }

    public int Count => _keys is null ? _table.Count : _keys.Length == 0 ? 1 : _keys[0].Length;

    /// <summary>Bytes of what is kept.</summary>
    public long ByteSize => _table.ByteSize + _states.ByteSize;

    /// <summary>Adds rows to the groups of their keys.</summary>
    public void Add(ReadOnlySpan<Column> keys, int rows, ReadOnlySpan<Vector> vectors)
    {
        ReadOnlySpan<int> groups = Find(keys, rows);
        _states.Update(groups, vectors, single: keys.Length == 0);
    }

    /// <summary>Makes groups of keys without adding rows.</summary>
    public void AddGroups(ReadOnlySpan<Column> keys, int rows) => Find(keys, rows);

    /// <summary>Adds groups with states, in columns of the plan's <see cref="AggregatePlan.StateSchema"/>.</summary>
    public void AddStates(RecordBatch batch)
    {
        Column[] columns = [.. batch.Columns];
        int keys = _plan.KeyTypes.Count;
        ReadOnlySpan<int> groups = Find(columns.AsSpan(0, keys), batch.Length);
        _states.Import(columns.AsSpan(keys), groups);
    }

    /// <summary>Holds the memory for what is kept; false if there is not enough.</summary>
    public bool TryHoldMemory()
    {
        long bytes = ByteSize;
        return bytes < MaxBytes && _memory.TryHold(bytes);
    }

    /// <summary>Ends adding: from now on groups are read by number.</summary>
    public void Seal() => _keys ??= _table.TakeKeys();

    /// <summary>Some groups with their states; the caller owns the batch.</summary>
    public RecordBatch States(int start, int count)
        => new(_plan.StateSchema, count, [.. _keys!.Select(k => k.Slice(start, count)), .. _states.Export(start, count)]);

    /// <summary>The finished rows of some groups; those that have no result are reported and left out. The caller owns the batch.</summary>
    public RecordBatch Results(int start, int count, LaneFaults report)
    {
        RowFaults faults = report.Start();
        var columns = new List<Column>();
        try
        {
            columns.AddRange(_keys!.Take(_plan.Keys).Select(k => k.Slice(start, count)));
            for (int i = 0; i < _plan.Calls.Count; i++)
            {
                columns.Add(_states.Results(i, start, count, faults));
            }

            if (_plan.HasGroupingId)
            {
                columns.Add(GroupingIds(start, count));
            }
        }
        catch
        {
            columns.ForEach(c => c.Dispose());
            throw;
        }

        var result = new RecordBatch(_plan.Schema, count, [.. columns]);
        if (!faults.Any)
        {
            return result;
        }

        using (result)
        {
            report.Tell(result);
            using RowMask good = report.Good(count);
            return Filter.Apply(result, good.Bits);
        }
    }

    /// <summary>Forgets everything and gives the memory back.</summary>
    public void Clear()
    {
        Release();
        _table = GroupTable.Create(_plan.KeyTypes);
        _states = new AggregateStates(_plan);
        _states.Resize(_table.Count);
        _memory.TryHold(0);
    }

    public void Dispose()
    {
        Release();
        _groups.Dispose();
        _memory.Dispose();
    }

    private ReadOnlySpan<int> Find(ReadOnlySpan<Column> keys, int rows)
    {
        _groups.Resize(rows);
        var groups = new Span<int>(_groups.Pointer, rows);
        _table.Find(keys, rows, groups);
        _states.Resize(_table.Count);
        return groups;
    }

    private Column GroupingIds(int start, int count)
    {
        ReadOnlySpan<int> sets = ((FixedColumn<int>)_keys![_plan.Keys]).Values.Slice(start, count);
        using var ids = new FixedBuilder<long>(DataType.Int64, count);
        foreach (int set in sets)
        {
            ids.Append(_plan.GroupingId(set));
        }

        return ids.Build();
    }

    private void Release()
    {
        _table.Dispose();
        _states.Dispose();
        foreach (Column key in _keys ?? [])
        {
            key.Dispose();
        }

        _keys = null;
    }
}
