using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>What saved state knows of sessions, and what it does not know yet. One thread uses it.</summary>
internal sealed class SessionState(SessionPlan plan, SessionGroups groups)
{
    private readonly List<int> _unsaved = [];

    // Sessions that are saved and no more, or not with that start.
    private readonly List<(int Key, long Start)> _gone = [];

    /// <summary>Keys of sessions whose removal waits for the next export.</summary>
    public IReadOnlyCollection<int> Keys => [.. _gone.Select(g => g.Key)];

    /// <summary>A session has changed.</summary>
    public void Add(int number) => _unsaved.Add(number);

    /// <summary>A session is no more.</summary>
    public void Forget(in Session session)
    {
        if (session.IsSaved)
        {
            _gone.Add((session.Key, session.SavedStart));
        }
    }

    /// <summary>Keys have other numbers.</summary>
    public void Renumber(int[] keys)
    {
        for (int i = 0; i < _gone.Count; i++)
        {
            _gone[i] = (keys[_gone[i].Key], _gone[i].Start);
        }
    }

    public void Export(IStateWriter writer, bool full)
    {
        int[] wanted = [.. (full ? Enumerable.Range(0, groups.Sessions.Count) : _unsaved.Where(n => groups.Sessions[n].IsUnsaved).Distinct()).Where(n => groups.Sessions[n].IsLive)];
        foreach (int number in wanted)
        {
            ref Session session = ref groups.Sessions[number];
            if (session.IsSaved && session.SavedStart != session.Start)
            {
                _gone.Add((session.Key, session.SavedStart));
            }

            (session.IsSaved, session.IsUnsaved, session.SavedStart) = (true, false, session.Start);
        }

        // What is gone goes first: another session may have its start by now.
        if (!full && _gone.Count > 0)
        {
            using var gone = new RecordBatch(
                plan.IdentitySchema,
                _gone.Count,
                [plan.Times.Column([.. _gone.Select(g => g.Start)]), .. groups.Keys.Take([.. _gone.Select(g => g.Key)])]);
            writer.Write(SessionAggregateStage.StateName, StateChange.Remove, gone);
        }

        _gone.Clear();
        _unsaved.Clear();
        if (wanted.Length > 0)
        {
            using var rows = new RecordBatch(
                plan.StateSchema,
                wanted.Length,
                [
                    plan.Times.Column([.. wanted.Select(n => groups.Sessions[n].Start)]),
                    plan.Times.Column([.. wanted.Select(n => groups.Sessions[n].End)]),
                    .. groups.Keys.Take([.. wanted.Select(n => groups.Sessions[n].Key)]),
                    .. groups.States.Export(wanted),
                ]);
            writer.Write(SessionAggregateStage.StateName, StateChange.Put, rows);
        }
    }

    public void Import(StateChange change, RecordBatch rows)
    {
        bool isPut = change == StateChange.Put;
        int keyCount = plan.KeySchema.Count;
        int firstKey = isPut ? 2 : 1;
        Column[] columns = [.. rows.Columns];
        var keys = new int[rows.Length];
        groups.Keys.Find(columns.AsSpan(firstKey, keyCount), rows.Length, keys);
        groups.Sessions.Resize(groups.Keys.Count);
        ReadOnlySpan<long> starts = ((FixedColumn<long>)columns[0]).Values;
        var numbers = new int[rows.Length];
        for (int row = 0; row < rows.Length; row++)
        {
            int number = groups.Sessions.Find(keys[row], starts[row], out int later);
            if (number >= 0)
            {
                groups.Sessions.Remove(number);
                groups.States.Clear(number, 1);
            }

            if (isPut)
            {
                numbers[row] = groups.Sessions.Add(keys[row], starts[row], ((FixedColumn<long>)columns[1]).Values[row], later);
                ref Session session = ref groups.Sessions[numbers[row]];
                (session.IsSaved, session.SavedStart) = (true, starts[row]);
            }
        }

        if (isPut)
        {
            groups.States.Resize(groups.Sessions.Count);
            groups.States.Import(columns.AsSpan(firstKey + keyCount), numbers);
        }
    }
}
