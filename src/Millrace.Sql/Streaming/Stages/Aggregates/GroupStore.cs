using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>
/// The groups of a lane by number: keys, states, how many rows each has, when it was last used. Numbers of groups that are
/// gone are used again when it is tidied up. One thread uses it.
/// </summary>
internal sealed unsafe class GroupStore : IDisposable
{
    // Below this there is nothing to be won by tidying up.
    private const int FewGroups = 1024;

    private readonly AggregatePlan _plan;
    private readonly IReadOnlySet<int> _apart;
    private readonly Schema _keySchema;
    private RowChunks _keys;
    private readonly GrowingArray<long> _rows = new();
    private readonly GrowingArray<long> _used = new();
    private readonly GrowingArray<GroupFlags> _flags = new();
    private readonly GrowingArray<int> _numbers = new();
    private GroupTable _table;
    private AggregateStates _states;
    private int _gone;

    public GroupStore(AggregatePlan plan, IReadOnlySet<int> apart)
    {
        (_plan, _apart) = (plan, apart);
        _keySchema = plan.StateSchema.Select([.. Enumerable.Range(0, plan.KeyTypes.Count)]);
        _keys = new RowChunks(_keySchema);
        _table = GroupTable.Create(plan.KeyTypes);
        _states = new AggregateStates(plan) { Apart = apart };
        Resize();
    }

    /// <summary>Groups, also those that are gone.</summary>
    public int Count => _table.Count;

    public StateSize Size => new(Count - _gone, _table.ByteSize + _states.ByteSize + _keys.ByteSize + _rows.ByteSize + _used.ByteSize + _flags.ByteSize);

    public AggregateStates States => _states;

    /// <summary>Rows of a group.</summary>
    public ref long Rows(int group) => ref _rows.Pointer[group];

    /// <summary>When a group was last used, in microseconds of the run's clock.</summary>
    public ref long Used(int group) => ref _used.Pointer[group];

    public ref GroupFlags Flags(int group) => ref _flags.Pointer[group];

    /// <summary>Whether a group has a row in the result.</summary>
    public bool IsLive(int group) => _rows.Pointer[group] > 0 || (_flags.Pointer[group] & GroupFlags.Always) != 0;

    /// <summary>The group of each row, which are made if they are new; dead after the next call.</summary>
    public ReadOnlySpan<int> Find(ReadOnlySpan<Column> keys, int rows)
    {
        int before = _table.Count;
        _numbers.Resize(rows);
        var groups = new Span<int>(_numbers.Pointer, rows);
        _table.Find(keys, rows, groups);
        if (_table.Count > before)
        {
            Resize();
            KeepKeys(keys, groups, before);
            _gone += _table.Count - before;
        }

        return groups;
    }

    /// <summary>A column with its values as they are; the caller owns it.</summary>
    public static Column Plain(Column column, DataType type) => column is DictionaryColumn ? Cast.To(column, type).Column : column.Share();

    /// <summary>The keys of some groups; the caller owns them.</summary>
    public RecordBatch Keys(ReadOnlySpan<int> groups) => _plan.KeyTypes.Count == 0 ? new RecordBatch(_keySchema, groups.Length) : _keys.TakeRows(groups);

    /// <summary>Says that a group was not live before and is now, or the other way round.</summary>
    public void HasTurned(bool live) => _gone += live ? -1 : 1;

    /// <summary>Groups that are kept: live ones, and those of which the next export has to tell that they are gone.</summary>
    public List<int> Kept()
    {
        var kept = new List<int>();
        for (int group = 0; group < Count; group++)
        {
            if (IsLive(group) || _rows.Pointer[group] != 0 || (_flags.Pointer[group] & (GroupFlags.Saved | GroupFlags.Changed)) == (GroupFlags.Saved | GroupFlags.Changed))
            {
                kept.Add(group);
            }
        }

        return kept;
    }

    /// <summary>Whether so many groups are gone that <see cref="Tidy"/> is worth it.</summary>
    public bool IsUntidy => _gone > FewGroups && _gone > Count / 2;

    /// <summary>Forgets groups that are gone. All numbers change.</summary>
    public void Tidy()
    {
        int[] kept = [.. Kept()];
        using RecordBatch keys = Keys(kept);
        List<Column> states = _states.Export(kept);
        long[] rows = Array.ConvertAll(kept, g => _rows.Pointer[g]);
        long[] used = Array.ConvertAll(kept, g => _used.Pointer[g]);
        GroupFlags[] flags = Array.ConvertAll(kept, g => _flags.Pointer[g]);
        _table.Dispose();
        _states.Dispose();
        _keys.Dispose();
        _keys = new RowChunks(_keySchema);
        _table = GroupTable.Create(_plan.KeyTypes);
        _states = new AggregateStates(_plan) { Apart = _apart };
        Column[] columns = [.. keys.Columns];
        ReadOnlySpan<int> groups = Find(columns, kept.Length);
        _states.Import([.. states], groups);
        states.ForEach(c => c.Dispose());
        rows.CopyTo(new Span<long>(_rows.Pointer, rows.Length));
        used.CopyTo(new Span<long>(_used.Pointer, used.Length));
        flags.CopyTo(new Span<GroupFlags>(_flags.Pointer, flags.Length));
        _gone = Enumerable.Range(0, Count).Count(g => !IsLive(g));
    }

    public void Dispose()
    {
        _table.Dispose();
        _states.Dispose();
        _keys.Dispose();
        _rows.Dispose();
        _used.Dispose();
        _flags.Dispose();
        _numbers.Dispose();
    }

    // What was used before by numbers that are no more begins at zero again.
    private void Resize()
    {
        int groups = _table.Count;
        _states.Resize(groups);
        _rows.Resize(groups);
        _used.Resize(groups);
        _flags.Resize(groups);
    }

    // A row that begins a group has a number that no row before it had.
    private void KeepKeys(ReadOnlySpan<Column> keys, ReadOnlySpan<int> groups, int before)
    {
        new Span<long>(_rows.Pointer + before, _table.Count - before).Clear();
        new Span<long>(_used.Pointer + before, _table.Count - before).Clear();
        new Span<GroupFlags>(_flags.Pointer + before, _table.Count - before).Clear();
        var first = new int[_table.Count - before];
        for (int row = 0, next = before; row < groups.Length && next < _table.Count; row++)
        {
            if (groups[row] == next)
            {
                first[next++ - before] = row;
            }
        }

        var taken = new Column[keys.Length];
        for (int i = 0; i < taken.Length; i++)
        {
            using Column rows = Take.Rows(keys[i], first);
            taken[i] = Plain(rows, _keySchema[i].Type);
        }

        _keys.Add(new RecordBatch(_keySchema, first.Length, taken));
    }
}

/// <summary>What is known of a group beside its state.</summary>
[Flags]
internal enum GroupFlags : byte
{
    None = 0,

    /// <summary>It is there also without rows.</summary>
    Always = 1,

    /// <summary>It has changed since the last export.</summary>
    Changed = 2,

    /// <summary>An export has it.</summary>
    Saved = 4,

    /// <summary>It is among those that the rows at hand touch.</summary>
    Touched = 8,

    /// <summary>It waits for the end of its time to live.</summary>
    Queued = 16,
}
