using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>The open sessions of a lane with the states of their aggregates. One thread uses it.</summary>
internal sealed class SessionGroups : IDisposable
{
    private readonly SessionPlan _plan;
    private readonly LaneFaults _faults;
    private readonly AggregateStates _states;
    private readonly GrowingArray<int> _numbers = new();
    private readonly List<int> _changed = [];
    private readonly GivenRows _given = new();

    public SessionGroups(SessionPlan plan, LaneFaults faults)
    {
        (_plan, _faults) = (plan, faults);
        _states = new AggregateStates(plan.Windows.Aggregates);
        Keys = new SessionKeys(plan.KeySchema);
        Saved = new SessionState(plan, this);
    }

    public SessionKeys Keys { get; }

    public SessionList Sessions { get; } = new();

    public AggregateStates States => _states;

    public SessionState Saved { get; }

    public StateSize Size => new(Sessions.Live, Sessions.ByteSize + Keys.ByteSize + _states.ByteSize + _given.ByteSize);

    /// <summary>Finds the session of each row, and adds the rows.</summary>
    /// <param name="vectors">The plan's expressions, the time behind them; borrowed.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="closed">The watermark before the rows.</param>
    /// <returns>Numbers of the rows that are late.</returns>
    public unsafe List<int> Add(Vector[] vectors, int rows, long closed)
    {
        _numbers.Resize(rows);
        var numbers = new Span<int>(_numbers.Pointer, rows);
        FindKeys(vectors, rows, numbers);
        var late = new List<int>();
        List<int>? taken = null;
        Vector source = vectors[^1];
        var times = (FixedColumn<long>)source.Column;
        for (int row = 0; row < rows; row++)
        {
            int at = row * source.Step;
            bool hasTime = !times.IsNull(at);
            int session = hasTime ? Find(numbers[row], times.Values[at], closed) : -1;
            if (session < 0)
            {
                taken ??= [.. Enumerable.Range(0, row)];
                if (hasTime)
                {
                    late.Add(row);
                }

                continue;
            }

            taken?.Add(row);
            numbers[taken is null ? row : taken.Count - 1] = session;
        }

        if (taken is not { Count: 0 })
        {
            Update(vectors, rows, numbers[..(taken?.Count ?? rows)], taken);
        }

        return late;
    }

    /// <summary>Gives the changes of sessions that are wanted before they end, or have been given.</summary>
    public void EmitChanges(long watermark, Action<RecordBatch> emit)
    {
        var differing = new List<int>();
        var ready = new List<int>();
        int waiting = 0;
        for (int i = 0; i < _changed.Count; i++)
        {
            int number = _changed[i];
            ref Session session = ref Sessions[number];
            if (!session.IsChanged)
            {
                continue;
            }

            if (session.IsLive && _plan.Windows.Emission == WindowEmission.WhenClosed && _plan.Times.ClosesAt(session.End) > watermark)
            {
                // One that was given is open again: what is not closed has not been given, which is what a restart goes by.
                _changed[waiting++] = number;
                differing.Add(number);
                continue;
            }

            session.IsChanged = false;
            differing.Add(number);
            if (session.IsLive)
            {
                ready.Add(number);
            }
        }

        _changed.RemoveRange(waiting, _changed.Count - waiting);
        List<RecordBatch> old = _given.Take(differing);
        if (old.Count + ready.Count == 0)
        {
            return;
        }

        RecordBatch now = TakeAsGiven([.. ready]);
        try
        {
            if (old.Count > 0)
            {
                RowDifference.Emit(_plan.Windows.Schema, old, [now], emit);
            }
            else if (now.Length > 0)
            {
                emit(Weights.Join(now, 1));
            }
        }
        finally
        {
            old.ForEach(b => b.Dispose());
            now.Dispose();
        }
    }

    /// <summary>After state was taken in: what of it was given by an earlier run counts as given.</summary>
    public void Begin(long closed)
    {
        if (_plan.Windows.Emission == WindowEmission.Once)
        {
            return;
        }

        var given = new List<int>();
        for (int number = 0; number < Sessions.Count; number++)
        {
            ref Session session = ref Sessions[number];
            if (!session.IsLive)
            {
                continue;
            }

            if (_plan.Windows.Emission == WindowEmission.Always || _plan.Times.ClosesAt(session.End) <= closed)
            {
                given.Add(number);
            }
            else
            {
                MarkChanged(number);
            }
        }

        TakeAsGiven([.. given]).Dispose();
    }

    /// <summary>Forgets the sessions that take no more rows at a watermark; gives them where that was not done before.</summary>
    public void End(long watermark, Action<RecordBatch> emit)
    {
        var ended = new List<int>();
        while (Sessions.TryPeek(out int number) && _plan.Times.EndsAt(Sessions[number].End) <= watermark)
        {
            ended.Add(number);
            Sessions.Remove(number);
        }

        if (ended.Count == 0)
        {
            return;
        }

        if (_plan.Windows.Emission == WindowEmission.Once)
        {
            emit(Results([.. ended], out _));
        }
        else
        {
            _given.Take(ended).ForEach(b => b.Dispose());
        }

        ended.ForEach(Forget);
        Tidy();
    }

    /// <summary>Forgets the state of a session that is not in the list any more.</summary>
    public void Forget(int number)
    {
        Saved.Forget(Sessions[number]);
        _states.Clear(number, 1);
    }

    public void Dispose()
    {
        Keys.Dispose();
        _states.Dispose();
        _numbers.Dispose();
        _given.Dispose();
    }

    private void FindKeys(Vector[] vectors, int rows, Span<int> numbers)
    {
        var keys = new Column[_plan.Windows.Aggregates.Keys];
        int made = 0;
        try
        {
            for (; made < keys.Length; made++)
            {
                keys[made] = vectors[made].ToColumn(rows);
            }

            Keys.Find(keys, rows, numbers);
            Sessions.Resize(Keys.Count);
        }
        finally
        {
            for (int i = 0; i < made; i++)
            {
                keys[i].Dispose();
            }
        }
    }

    private int Find(int key, long time, long closed)
    {
        long end = _plan.Times.EndOf(time);
        int session = Sessions.Extend(key, time, end, out int later);
        return session >= 0 ? session : _plan.Times.EndsAt(end) <= closed ? -1 : Sessions.Add(key, time, end, later);
    }

    private void Update(Vector[] vectors, int rows, Span<int> numbers, List<int>? taken)
    {
        _states.Resize(Sessions.Count);
        Join();
        for (int i = 0; i < numbers.Length; i++)
        {
            int number = numbers[i] = Sessions.Resolve(numbers[i]);
            Mark(number);
        }

        if (taken is null)
        {
            _states.Update(numbers, vectors, single: false);
            return;
        }

        using var part = new VectorPart(vectors, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(taken), rows);
        _states.Update(numbers, part.Vectors, single: false);
    }

    // States of sessions that became part of others, before rows come to them.
    private void Join()
    {
        if (Sessions.Merges.Count == 0)
        {
            return;
        }

        _states.Merge([.. Sessions.Merges.Select(m => m.From)], [.. Sessions.Merges.Select(m => m.To)]);
        foreach ((int from, _) in Sessions.Merges)
        {
            Forget(from);
            if (_plan.Windows.Emission != WindowEmission.Once)
            {
                // Its row is to be taken back.
                MarkChanged(from);
            }
        }

        Sessions.ClearMerges();
    }

    private void Mark(int number)
    {
        ref Session session = ref Sessions[number];
        if (!session.IsUnsaved)
        {
            session.IsUnsaved = true;
            Saved.Add(number);
        }

        if (!session.IsChanged && _plan.Windows.Emission != WindowEmission.Once)
        {
            MarkChanged(number);
        }
    }

    private void MarkChanged(int number)
    {
        ref Session session = ref Sessions[number];
        if (!session.IsChanged)
        {
            session.IsChanged = true;
            _changed.Add(number);
        }
    }

    // The rows of sessions as they are now; the caller owns them.
    private RecordBatch TakeAsGiven(int[] numbers)
    {
        RecordBatch rows = Results(numbers, out int[] with);
        if (with.Length > 0)
        {
            _given.Set(with, rows);
        }

        return rows;
    }

    private RecordBatch Results(int[] numbers, out int[] with)
    {
        if (numbers.Length == 0)
        {
            with = [];
            return NullRows.None(_plan.Windows.Schema);
        }

        RowFaults faults = _faults.Start();
        Column[] aggregates = ColumnArrays.Make(_plan.Windows.Aggregates.Calls.Count, (states: _states, numbers, faults), static (s, i) => s.states.Results(i, s.numbers, s.faults));
        Column[] keys = Keys.Take(Array.ConvertAll(numbers, n => Sessions[n].Key));
        RecordBatch all = _plan.Result(Array.ConvertAll(numbers, n => Sessions[n].Start), Array.ConvertAll(numbers, n => Sessions[n].End), keys, aggregates);
        with = numbers;
        if (!faults.Any)
        {
            return all;
        }

        using (all)
        {
            _faults.Tell(all);
            HashSet<int> without = [.. faults.All.Select(f => f.Row)];
            int[] good = [.. Enumerable.Range(0, numbers.Length).Where(row => !without.Contains(row))];
            with = Array.ConvertAll(good, row => numbers[row]);
            return Take.Rows(all, good);
        }
    }

    private void Tidy()
    {
        if (Sessions.TryForgetKeys(Keys, Saved.Keys, out int[] renumbered))
        {
            Saved.Renumber(renumbered);
        }
    }
}
