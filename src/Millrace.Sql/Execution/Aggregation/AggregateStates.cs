using Millrace.Columnar;
using Millrace.Sql.Functions;

namespace Millrace.Sql.Execution;

/// <summary>The states of all aggregates for the groups of one table. One thread uses it.</summary>
internal sealed unsafe class AggregateStates : IDisposable
{
    private readonly AggregatePlan _plan;
    private readonly Accumulator[] _states;
    private readonly DistinctSet[] _sets;
    private readonly bool[] _inSet;

    public AggregateStates(AggregatePlan plan)
    {
        _plan = plan;
        _states = new Accumulator[plan.Calls.Count];
        _sets = new DistinctSet[plan.Shared.Count];
        _inSet = new bool[_states.Length];
        try
        {
            for (int i = 0; i < _sets.Length; i++)
            {
                _sets[i] = plan.Shared[i].Create(plan);
                for (int member = 0; member < plan.Shared[i].Calls.Count; member++)
                {
                    int call = plan.Shared[i].Calls[member];
                    (_states[call], _inSet[call]) = (_sets[i].All[member], true);
                }
            }

            for (int i = 0; i < _states.Length; i++)
            {
                _states[i] ??= plan.Calls[i].Create();
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public IEnumerable<DataType> StateTypes => _states.SelectMany(s => s.StateTypes);

    /// <summary>Whether rows can be taken back from all states.</summary>
    public bool Retract => Array.TrueForAll(_states, s => s.Retracts);

    /// <summary>The state of each call; borrowed.</summary>
    public IReadOnlyList<Accumulator> All => _states;

    /// <summary>Calls that <see cref="Update"/> leaves out; <see cref="UpdateCall"/> is for them.</summary>
    public IReadOnlySet<int>? Apart { get; init; }

    public long ByteSize => _states.Sum(s => s.ByteSize);

    public void Resize(int groups)
    {
        foreach (Accumulator state in _states)
        {
            state.Resize(groups);
        }
    }

    /// <summary>Adds the rows of a batch.</summary>
    /// <param name="groups">The group of each row.</param>
    /// <param name="vectors">The plan's expressions.</param>
    /// <param name="single">Whether all rows are in group 0.</param>
    /// <param name="weights">How often each row counts; empty for once. Negative ones only where all states retract.</param>
    public void Update(ReadOnlySpan<int> groups, ReadOnlySpan<Vector> vectors, bool single, ReadOnlySpan<long> weights = default)
    {
        for (int i = 0; i < _sets.Length; i++)
        {
            _plan.Shared[i].Update(_sets[i], _plan, groups, vectors);
        }

        using var chosen = new ChosenRows(groups);
        for (int i = 0; i < _states.Length; i++)
        {
            if (_inSet[i] || Apart?.Contains(i) == true)
            {
                continue;
            }

            AggregateCall call = _plan.Calls[i];
            ReadOnlySpan<Vector> arguments = vectors.Slice(call.First, call.Count);
            Vector? filter = call.Filter < 0 ? null : vectors[call.Filter];
            Column? required = call.SkipsNulls ? arguments[0].Column : null;
            if (call.SkipsNulls && arguments[0].IsNullConstant)
            {
                continue;
            }

            if (chosen.Choose(arguments.Length > 0 && arguments[0].IsConstant ? null : required, filter))
            {
                Add(_states[i], groups, arguments, single, weights);
                continue;
            }

            if (chosen.Groups.Length > 0)
            {
                Vector[] kept = chosen.Keep(arguments);
                Add(_states[i], chosen.Groups, kept, single, chosen.Keep(weights));
            }
        }
    }

    /// <summary>Adds rows to one call only, of which all count for it.</summary>
    public void UpdateCall(int call, ReadOnlySpan<int> groups, ReadOnlySpan<Vector> arguments, ReadOnlySpan<long> weights) => _states[call].Update(groups, arguments, weights);

    /// <summary>Makes a group of one call empty again.</summary>
    public void ClearCall(int call, int group) => _states[call].Clear(group, 1);

    /// <summary>Adds groups to others: see <see cref="Accumulator.Merge"/>.</summary>
    public void Merge(ReadOnlySpan<int> from, ReadOnlySpan<int> to)
    {
        foreach (Accumulator state in _states)
        {
            state.Merge(from, to);
        }
    }

    /// <summary>Makes some groups empty again.</summary>
    public void Clear(int start, int count)
    {
        foreach (Accumulator state in _states)
        {
            state.Clear(start, count);
        }
    }

    /// <summary>The states of some groups as columns, which the caller owns.</summary>
    public List<Column> Export(int start, int count)
    {
        var columns = new List<Column>();
        foreach (Accumulator state in _states)
        {
            columns.AddRange(state.Export(start, count));
        }

        return columns;
    }

    /// <summary>Adds states, as <see cref="Export(int, int)"/> gave them, to groups.</summary>
    public void Import(ReadOnlySpan<Column> columns, ReadOnlySpan<int> groups)
    {
        foreach (Accumulator state in _states)
        {
            int count = state.StateTypes.Count;
            state.Import(columns[..count], groups);
            columns = columns[count..];
        }
    }

    /// <summary>The same of any groups.</summary>
    public List<Column> Export(ReadOnlySpan<int> groups)
    {
        var columns = new List<Column>();
        foreach (Accumulator state in _states)
        {
            columns.AddRange(state.Export(groups));
        }

        return columns;
    }

    /// <summary>The result of one aggregate for any groups.</summary>
    public Column Results(int aggregate, ReadOnlySpan<int> groups, RowFaults faults)
    {
        faults.Span = _plan.Calls[aggregate].Aggregate.Span;
        return _states[aggregate].Results(groups, faults);
    }

    /// <summary>The result of one aggregate.</summary>
    public Column Results(int aggregate, int start, int count, RowFaults faults)
    {
        faults.Span = _plan.Calls[aggregate].Aggregate.Span;
        return _states[aggregate].Results(start, count, faults);
    }

    public void Dispose()
    {
        foreach (Accumulator? state in _states)
        {
            state?.Dispose();
        }
    }

    private static void Add(Accumulator state, ReadOnlySpan<int> groups, ReadOnlySpan<Vector> arguments, bool single, ReadOnlySpan<long> weights)
    {
        if (single)
        {
            state.UpdateOne(0, groups.Length, arguments, weights);
        }
        else
        {
            state.Update(groups, arguments, weights);
        }
    }
}
