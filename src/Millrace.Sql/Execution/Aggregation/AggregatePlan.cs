using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Functions;

namespace Millrace.Sql.Execution;

/// <summary>What an aggregation computes, as all its lanes share it: expressions in one list, and where in it the parts of each call stand.</summary>
internal sealed class AggregatePlan
{
    private readonly List<BoundExpression> _expressions = [];

    public AggregatePlan(Schema schema, IReadOnlyList<BoundExpression> keys, IReadOnlyList<BoundAggregate> aggregates, IReadOnlyList<IReadOnlyList<int>>? sets, bool groupingId)
    {
        Schema = schema;
        Keys = keys.Count;
        Sets = sets;
        HasGroupingId = groupingId;
        _expressions.AddRange(keys);
        Calls = [.. aggregates.Select(a => new AggregateCall(a, _expressions))];
        Shared = DistinctCalls.Of(Calls);
        KeyTypes = [.. keys.Select(k => k.Type.Id == TypeId.Dictionary ? k.Type.DictionaryValue : k.Type), .. sets is null ? Array.Empty<DataType>() : [DataType.Int32]];
        using var states = new AggregateStates(this);
        Retracts = states.Retract;
        StateSchema = new Schema([
            .. KeyTypes.Select((t, i) => new Field($"key{i}", t)),
            .. states.StateTypes.Select((t, i) => new Field($"state{i}", t))]);
    }

    /// <summary>Schema of the result: keys, aggregates, grouping id.</summary>
    public Schema Schema { get; }

    /// <summary>The first <see cref="Keys"/> are keys, the others parts of calls.</summary>
    public IReadOnlyList<BoundExpression> Expressions => _expressions;

    public int Keys { get; }

    public IReadOnlyList<AggregateCall> Calls { get; }

    /// <summary>Calls that share what they know of equal arguments.</summary>
    public IReadOnlyList<DistinctCalls> Shared { get; }

    public IReadOnlyList<IReadOnlyList<int>>? Sets { get; }

    public bool HasGroupingId { get; }

    /// <summary>Whether rows can be taken back from all calls.</summary>
    public bool Retracts { get; }

    /// <summary>Types of what groups are told apart by: the keys, and with grouping sets the number of the set.</summary>
    public IReadOnlyList<DataType> KeyTypes { get; }

    /// <summary>Schema of groups with their states, as lanes hand them over and as they are spilled.</summary>
    public Schema StateSchema { get; }

    /// <summary>The value of <c>GROUPING()</c> over all keys in a set: a bit for each key that is not in it, the first highest.</summary>
    public long GroupingId(int set)
    {
        long id = 0;
        for (int key = 0; key < Keys; key++)
        {
            id = (id << 1) | (Sets![set].Contains(key) ? 0L : 1L);
        }

        return id;
    }
}

/// <summary>A call of an aggregate and the places of its parts in the list of expressions.</summary>
internal sealed class AggregateCall
{
    public AggregateCall(BoundAggregate aggregate, List<BoundExpression> expressions)
    {
        Aggregate = aggregate;
        First = expressions.Count;
        expressions.AddRange(aggregate.Arguments);
        if (IsOrdered)
        {
            expressions.AddRange(aggregate.OrderBy.Select(o => o.Expression));
        }

        Count = expressions.Count - First;
        Filter = aggregate.Filter is null ? -1 : expressions.Count;
        if (aggregate.Filter is not null)
        {
            expressions.Add(aggregate.Filter);
        }
    }

    public BoundAggregate Aggregate { get; }

    /// <summary>Place of the first argument.</summary>
    public int First { get; }

    /// <summary>Arguments and the sort keys behind them.</summary>
    public int Count { get; }

    /// <summary>Place of the filter; -1 for none.</summary>
    public int Filter { get; }

    /// <summary>Whether rows whose first argument is null are left out.</summary>
    public bool SkipsNulls => Aggregate.Overload.SkipsNulls && Aggregate.Arguments.Count > 0;

    private bool IsOrdered => Aggregate.OrderBy.Count > 0 && Aggregate.Overload.Ordered;

    /// <summary>Whether equal arguments count once, and it does not matter which of them comes first.</summary>
    public bool HasPlainSet => IsDistinct && !Aggregate.Overload.Ordered;

    private bool IsDistinct => Aggregate.Distinct && !Aggregate.Overload.IgnoresRepeats;

    /// <summary>Makes a state.</summary>
    public Accumulator Create()
    {
        DataType[] types = [.. Aggregate.Arguments.Select(a => a.Type)];
        Accumulator state = CreatePlain();
        if (IsDistinct)
        {
            state = new DistinctAccumulator(state, types);
        }

        return IsOrdered ? new OrderedAccumulator(state, types, Aggregate.OrderBy) : state;
    }

    /// <summary>Makes a state to which all rows count that it is given.</summary>
    public Accumulator CreatePlain()
    {
        DataType[] types = [.. Aggregate.Arguments.Select(a => a.Type)];
        object?[]?[] constants = [.. Aggregate.Arguments.Select(a => a is BoundConstant c ? new[] { c.Value } : null)];
        return Aggregate.Overload.Create(new ScalarCallSite(types, constants, Aggregate.Type));
    }
}
