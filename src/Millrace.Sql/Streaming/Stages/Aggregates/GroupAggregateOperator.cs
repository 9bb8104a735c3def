using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>A <see cref="GroupAggregateStage"/> in one lane.</summary>
internal sealed class GroupAggregateOperator : StageOperator
{
    private readonly GroupAggregateStage _stage;
    private readonly AggregatePlan _plan;
    private readonly StageContext _context;
    private readonly GroupStore _groups;
    private readonly GroupInput _input;
    private readonly GroupValues[] _values;
    private readonly GroupExpiry? _expiry;
    private readonly List<RecordBatch> _pending = [];
    private readonly List<int> _changed = [];
    private bool _hasBegun;

    public GroupAggregateOperator(GroupAggregateStage stage, StageContext context)
    {
        (_stage, _plan, _context) = (stage, stage.Aggregates, context);
        _groups = new GroupStore(_plan, stage.Values.Select(v => v.Call).ToHashSet());
        _values = [.. stage.Values.Select(v => new GroupValues(v, _plan, _groups))];
        _input = new GroupInput(stage);
        _expiry = context.Settings.StateTimeToLive is { } time && _plan.Keys > 0 ? new GroupExpiry(_groups, (long)time.TotalMicroseconds) : null;
    }

    public override StateSize Size => _values.Aggregate(_groups.Size, (sum, v) => sum + v.Size);

    public override long? WakesAt => _expiry?.WakesAt;

    public override void Push(int input, RecordBatch rows) => _pending.Add(rows.Share());

    public override ValueTask EndRoundAsync(RoundTime time, CancellationToken cancellation)
    {
        if (!_hasBegun)
        {
            Begin(time.Now);
        }

        if (_pending.Count > 0)
        {
            using RecordBatch rows = TakePending();
            int step = _context.Settings.EmitsEveryRecord ? 1 : rows.Length;
            for (int row = 0; row < rows.Length; row += step)
            {
                using RecordBatch some = rows.Slice(row, step);
                Apply(some, time.Now);
            }
        }

        Expire(time.Now);
        Array.ForEach(_values, v => v.Tidy());
        if (_groups.IsUntidy)
        {
            _groups.Tidy();
            FindChanged();
            _expiry?.Renew();
        }

        return ValueTask.CompletedTask;
    }

    public override void Export(IStateWriter writer, bool full)
    {
        int[] all = full ? [.. _groups.Kept()] : [.. _changed.Order()];
        Write(writer, StateChange.Put, Array.FindAll(all, _groups.IsLive));
        if (!full)
        {
            Write(writer, StateChange.Remove, Array.FindAll(all, g => !_groups.IsLive(g) && (_groups.Flags(g) & GroupFlags.Saved) != 0));
        }

        foreach (int group in all)
        {
            ref GroupFlags flags = ref _groups.Flags(group);
            flags = (flags & (GroupFlags.Always | GroupFlags.Queued)) | (_groups.IsLive(group) ? GroupFlags.Saved : GroupFlags.None);
        }

        _changed.Clear();
        Array.ForEach(_values, v => v.Export(writer, full));
    }

    public override void Import(string table, StateChange change, RecordBatch rows)
    {
        if (table != GroupAggregateStage.Groups)
        {
            _values[_stage.Values.ToList().FindIndex(v => v.Table == table)].Import(rows);
            return;
        }

        Column[] columns = [.. rows.Columns];
        int keys = _plan.Keys;
        ReadOnlySpan<int> groups = _groups.Find(columns.AsSpan(0, keys), rows.Length);
        foreach (int group in groups)
        {
            if (_groups.IsLive(group))
            {
                _groups.HasTurned(live: false);
            }

            _groups.States.Clear(group, 1);
            _groups.Rows(group) = 0;
            _groups.Flags(group) &= GroupFlags.Queued;
        }

        if (change == StateChange.Remove)
        {
            return;
        }

        _groups.States.Import(columns.AsSpan(keys, columns.Length - keys - 2), groups);
        ReadOnlySpan<long> counts = ((FixedColumn<long>)columns[^2]).Values;
        ReadOnlySpan<long> used = ((FixedColumn<long>)columns[^1]).Values;
        for (int row = 0; row < groups.Length; row++)
        {
            // A row of state without rows is a group that is always there.
            int group = groups[row];
            _groups.Rows(group) = counts[row];
            _groups.Used(group) = used[row];
            _groups.Flags(group) |= GroupFlags.Saved | (counts[row] == 0 ? GroupFlags.Always : GroupFlags.None);
            _groups.HasTurned(live: true);
            _expiry?.Use(group);
        }
    }

    public override void Dispose()
    {
        _pending.ForEach(b => b.Dispose());
        _pending.Clear();
        Array.ForEach(_values, v => v.Dispose());
        _groups.Dispose();
        _input.Dispose();
    }

    // Groups that are there without rows are given at the beginning of time; those that are in the state have been.
    private void Begin(long now)
    {
        _hasBegun = true;
        if (_stage.Always is null)
        {
            return;
        }

        List<RecordBatch>[] dealt = new Dealer(_stage.Inputs[0].Exchange, Math.Max(1, _context.Query.Lanes)).Deal([[_stage.Always()]]);
        foreach (RecordBatch batch in dealt.SelectMany(lane => lane))
        {
            using (batch)
            {
                if (dealt[_context.Lane].Contains(batch))
                {
                    Column[] keys = [.. batch.Columns];
                    AddAlways([.. _groups.Find(keys, batch.Length)], now);
                }
            }
        }
    }

    private void AddAlways(int[] groups, long now)
    {
        int[] fresh = Array.FindAll(groups, g => !_groups.IsLive(g));
        foreach (int group in groups)
        {
            _groups.Flags(group) |= GroupFlags.Always;
        }

        foreach (int group in fresh)
        {
            _groups.HasTurned(live: true);
            _groups.Used(group) = now;
            HasChanged(group);
        }

        if (fresh.Length > 0)
        {
            using GroupResults old = GroupResults.None;
            using var next = new GroupResults(_plan, _groups, fresh);
            Emit(fresh, old, next);
        }
    }

    private void Apply(RecordBatch rows, long now)
    {
        ReadOnlySpan<long> weights = Weights.Of(rows, _stage.Inputs[0].Stage.IsChanges);
        Column[] keys = _input.Keys(rows);
        ReadOnlySpan<int> groups = _groups.Find(keys, rows.Length);
        int[] touched = Touch(groups);
        using var old = new GroupResults(_plan, _groups, touched);
        Vector[] vectors = _input.Vectors(rows);
        _groups.States.Update(groups, vectors, single: keys.Length == 0, weights);
        foreach (GroupValues values in _values)
        {
            values.Add(keys, groups, vectors, weights);
        }

        for (int row = 0; row < groups.Length; row++)
        {
            _groups.Rows(groups[row]) += weights.IsEmpty ? 1 : weights[row];
        }

        for (int i = 0; i < touched.Length; i++)
        {
            int group = touched[i];
            bool isLive = _groups.IsLive(group);
            if (isLive != old.IsLive[i])
            {
                _groups.HasTurned(isLive);
            }

            if (!isLive)
            {
                _groups.States.Clear(group, 1);
            }

            _groups.Used(group) = now;
            HasChanged(group);
            _expiry?.Use(group);
        }

        using var next = new GroupResults(_plan, _groups, touched);
        Emit(touched, old, next);
    }

    // The groups of rows, each once, ascending.
    private int[] Touch(ReadOnlySpan<int> groups)
    {
        var touched = new List<int>();
        foreach (int group in groups)
        {
            ref GroupFlags flags = ref _groups.Flags(group);
            if ((flags & GroupFlags.Touched) == 0)
            {
                flags |= GroupFlags.Touched;
                touched.Add(group);
            }
        }

        touched.Sort();
        foreach (int group in touched)
        {
            _groups.Flags(group) &= ~GroupFlags.Touched;
        }

        return [.. touched];
    }

    private void HasChanged(int group)
    {
        ref GroupFlags flags = ref _groups.Flags(group);
        if ((flags & GroupFlags.Changed) == 0)
        {
            flags |= GroupFlags.Changed;
            _changed.Add(group);
        }
    }

    private void FindChanged()
    {
        _changed.Clear();
        _changed.AddRange(Enumerable.Range(0, _groups.Count).Where(g => (_groups.Flags(g) & GroupFlags.Changed) != 0));
    }

    private void Emit(int[] groups, GroupResults old, GroupResults next)
    {
        using RecordBatch keys = _groups.Keys(groups);
        next.ReportNew(_context.Query, _stage.Schema, keys, old);
        if (GroupResults.Difference(_stage, keys, old, next) is { } changes)
        {
            _context.Emit(changes);
        }
    }

    private void Expire(long now)
    {
        if (_expiry is null)
        {
            return;
        }

        int[] over = [.. _expiry.Take(now)];
        if (over.Length > 0)
        {
            using RecordBatch keys = _groups.Keys(over);
            Array.ForEach(_values, v => v.Remove(keys));
        }

        foreach (int group in over)
        {
            _groups.Rows(group) = 0;
            _groups.States.Clear(group, 1);
            _groups.HasTurned(live: false);
            HasChanged(group);
            _context.Counters.AddExpired(1);
        }
    }

    private RecordBatch TakePending()
    {
        RecordBatch rows = Concat.Batches(_pending);
        _pending.ForEach(b => b.Dispose());
        _pending.Clear();
        return rows;
    }

    private void Write(IStateWriter writer, StateChange change, int[] groups)
    {
        if (groups.Length == 0)
        {
            return;
        }

        using RecordBatch keys = _groups.Keys(groups);
        if (change == StateChange.Remove)
        {
            writer.Write(GroupAggregateStage.Groups, change, keys);
            return;
        }

        Schema schema = _stage.State[0].Schema;
        var columns = new List<Column>(keys.Columns.Select(c => c.Share()));
        columns.AddRange(_groups.States.Export(groups));
        columns.Add(Numbers(groups, g => _groups.Rows(g)));
        columns.Add(Numbers(groups, g => _groups.Used(g)));
        using var rows = new RecordBatch(schema, groups.Length, [.. columns]);
        writer.Write(GroupAggregateStage.Groups, change, rows);
    }

    private static Column Numbers(int[] groups, Func<int, long> value)
    {
        using var numbers = new FixedBuilder<long>(DataType.Int64, groups.Length);
        Array.ForEach(groups, g => numbers.Append(value(g)));
        return numbers.Build();
    }
}
