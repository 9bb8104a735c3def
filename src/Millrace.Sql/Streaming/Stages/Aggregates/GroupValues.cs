using System.Runtime.InteropServices;
using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>The values of a <see cref="ValueCall"/> in one lane.</summary>
internal sealed class GroupValues : IDisposable
{
    private readonly ValueCall _call;
    private readonly AggregateCall _aggregate;
    private readonly GroupStore _groups;
    private readonly Schema _schema;
    private readonly int _keyCount;
    private readonly KeyTable _keys;
    private readonly KeyedRows _values;

    public GroupValues(ValueCall call, AggregatePlan plan, GroupStore groups)
    {
        (_call, _aggregate, _groups, _keyCount) = (call, plan.Calls[call.Call], groups, plan.Keys);
        _schema = SchemaOf(call, plan);
        _keys = new KeyTable([.. plan.KeyTypes], [.. plan.KeyTypes.Select(_ => true)]);
        _values = new KeyedRows(_schema, _keys, new KeyedRowsOptions { Retracts = true });
    }

    public StateSize Size => new(_values.Count, _values.ByteSize + _keys.ByteSize);

    public static StateTable TableOf(ValueCall call, AggregatePlan plan)
        => KeyedRows.TableOf(call.Table, SchemaOf(call, plan), [.. Enumerable.Range(0, plan.Keys)], hasTags: false);

    /// <summary>Adds rows, or takes them back.</summary>
    /// <param name="keys">Key columns of the rows.</param>
    /// <param name="groups">Their groups.</param>
    /// <param name="vectors">The plan's expressions.</param>
    /// <param name="weights">How often each counts; empty for once.</param>
    public void Add(ReadOnlySpan<Column> keys, ReadOnlySpan<int> groups, ReadOnlySpan<Vector> vectors, ReadOnlySpan<long> weights)
    {
        ReadOnlySpan<Vector> arguments = vectors.Slice(_aggregate.First, _aggregate.Count);
        Vector? filter = _aggregate.Filter < 0 ? null : vectors[_aggregate.Filter];
        bool skipsNulls = _aggregate.SkipsNulls;
        if (skipsNulls && arguments[0].IsNullConstant)
        {
            return;
        }

        var columns = new List<Column>();
        for (int i = 0; i < keys.Length; i++)
        {
            columns.Add(GroupStore.Plain(keys[i], _schema[i].Type));
        }

        foreach (Vector argument in arguments)
        {
            columns.Add(argument.ToColumn(groups.Length));
        }

        using var rows = new RecordBatch(_schema, groups.Length, [.. columns]);
        using var chosen = new ChosenRows(groups);
        if (chosen.Choose(skipsNulls ? rows[_keyCount] : null, filter))
        {
            Add(rows, groups, weights);
        }
        else if (chosen.Groups.Length > 0)
        {
            using var some = new RecordBatch(_schema, chosen.Groups.Length, [.. rows.Columns.Select(c => chosen.Keep(c).Share())]);
            Add(some, chosen.Groups, chosen.Keep(weights));
        }
    }

    /// <summary>Forgets the values of groups.</summary>
    public void Remove(RecordBatch keys)
    {
        var numbers = new int[keys.Length];
        _keys.Find([.. keys.Columns], keys.Length, numbers);
        var gone = new List<int>();
        foreach (int key in numbers)
        {
            for (int row = _values.First(key); row != KeyedRows.None; row = _values.Next(row))
            {
                gone.Add(row);
            }
        }

        _values.Remove(CollectionsMarshal.AsSpan(gone));
    }

    /// <summary>Gives memory of values that are gone back. Between rounds.</summary>
    public void Tidy() => _keys.Tidy();

    public void Export(IStateWriter writer, bool full) => _values.Export(writer, _call.Table, full);

    public void Import(RecordBatch rows) => _values.Import(rows, FindKeys(rows), 0);

    public void Dispose()
    {
        _values.Dispose();
        _keys.Dispose();
    }

    private static Schema SchemaOf(ValueCall call, AggregatePlan plan)
    {
        AggregateCall aggregate = plan.Calls[call.Call];
        return new Schema([
            .. plan.KeyTypes.Select((t, i) => new Field($"key{i}", t)),
            .. Enumerable.Range(0, aggregate.Count).Select(i => new Field($"value{i}", plan.Expressions[aggregate.First + i].Type))]);
    }

    private int[] FindKeys(RecordBatch rows)
    {
        var numbers = new int[rows.Length];
        _keys.Find([.. rows.Columns.Take(_keyCount)], rows.Length, numbers);
        return numbers;
    }

    private void Add(RecordBatch rows, ReadOnlySpan<int> groups, ReadOnlySpan<long> weights)
    {
        int[] keys = FindKeys(rows);
        ReadOnlySpan<int> numbers = _values.Add(rows, keys, weights, 0);

        // By value: the first of the rows that have it, and by how much its count has changed.
        var changes = new Dictionary<int, (int Row, long Change)>();
        for (int row = 0; row < numbers.Length; row++)
        {
            ref (int Row, long Change) change = ref CollectionsMarshal.GetValueRefOrAddDefault(changes, numbers[row], out bool known);
            change = (known ? change.Row : row, change.Change + (weights.IsEmpty ? 1 : weights[row]));
        }

        var come = new List<int>();
        var gone = new List<int>();
        ReadOnlySpan<long> counts = _values.Weights;
        foreach ((int number, (int row, long change)) in changes)
        {
            bool was = counts[number] - change > 0;
            bool has = counts[number] > 0;
            if (was != has)
            {
                (has ? come : gone).Add(row);
            }
        }

        Tell(rows, groups, come, 1);
        if (!_call.IsExtreme)
        {
            Tell(rows, groups, gone, -1);
        }
        else if (gone.Count > 0)
        {
            Renew(rows, groups, keys, gone);
        }
    }

    private void Tell(RecordBatch rows, ReadOnlySpan<int> groups, List<int> chosen, long weight)
    {
        if (chosen.Count == 0)
        {
            return;
        }

        long[] weights = weight == 1 ? [] : [.. Enumerable.Repeat(weight, chosen.Count)];
        using RecordBatch some = Take.Rows(rows, CollectionsMarshal.AsSpan(chosen));
        int[] someGroups = new int[chosen.Count];
        for (int i = 0; i < someGroups.Length; i++)
        {
            someGroups[i] = groups[chosen[i]];
        }

        Update(some, someGroups, weights);
    }

    // Where the value that has gone is what the state says, the state is made of the values that are left.
    private void Renew(RecordBatch rows, ReadOnlySpan<int> groups, int[] keys, List<int> gone)
    {
        int[] goneGroups = new int[gone.Count];
        for (int i = 0; i < goneGroups.Length; i++)
        {
            goneGroups[i] = groups[gone[i]];
        }

        using Column results = _groups.States.Results(_call.Call, goneGroups, new RowFaults());
        var equal = new bool[gone.Count];
        RowEquality.Test([results], [.. Enumerable.Range(0, gone.Count)], [rows[_keyCount]], CollectionsMarshal.AsSpan(gone), equal);
        var left = new List<int>();
        var leftGroups = new List<int>();
        for (int i = 0; i < equal.Length; i++)
        {
            if (!equal[i])
            {
                continue;
            }

            _groups.States.ClearCall(_call.Call, goneGroups[i]);
            for (int row = _values.First(keys[gone[i]]); row != KeyedRows.None; row = _values.Next(row))
            {
                left.Add(row);
                leftGroups.Add(goneGroups[i]);
            }
        }

        if (left.Count > 0)
        {
            using RecordBatch values = _values.Take(CollectionsMarshal.AsSpan(left));
            Update(values, CollectionsMarshal.AsSpan(leftGroups), []);
        }
    }

    private void Update(RecordBatch rows, ReadOnlySpan<int> groups, ReadOnlySpan<long> weights)
    {
        var arguments = new Vector[_aggregate.Count];
        for (int i = 0; i < arguments.Length; i++)
        {
            arguments[i] = new Vector(rows[_keyCount + i]);
        }

        _groups.States.UpdateCall(_call.Call, groups, arguments, weights);
    }
}
