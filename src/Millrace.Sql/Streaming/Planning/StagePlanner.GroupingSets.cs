using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Execution;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Streaming;

/// <content>Grouping sets: each row once for each set, grouped by keys of which those outside the set are null.</content>
internal sealed partial class StagePlanner
{
    /// <summary>An aggregation by the keys and the number of the set, and the plan over it that gives what is asked for.</summary>
    private static (LogicalAggregate Grouped, Func<LogicalPlan, LogicalPlan> Over) ExpandSets(LogicalAggregate aggregate)
    {
        IReadOnlyList<IReadOnlyList<int>> sets = aggregate.Sets!;
        var set = new ColumnVariable("#set", DataType.Int64, nullable: false);
        var each = new LogicalSeries(aggregate.Input, Number(0), Number(sets.Count - 1), Number(1), set);
        Assignment[] keys = [.. aggregate.Keys.Select((k, i) => k with { Expression = InSets(i, k.Expression) }), new Assignment(set, new BoundColumn(set))];
        var grouped = new LogicalAggregate(each, keys, aggregate.Aggregates);
        BoundExpression[] isSet = [.. sets.Select((_, i) => new BoundComparison(CompareOperator.Equal, new BoundColumn(set), Number(i)))];
        Assignment[] columns = [.. aggregate.Output.Select(v => new Assignment(v, ReferenceEquals(v, aggregate.GroupingId) ? GroupingId() : new BoundColumn(v)))];
        return (grouped, input => new LogicalProject(input, columns));

        BoundExpression InSets(int key, BoundExpression expression)
        {
            BoundConstant[] having = [.. Enumerable.Range(0, sets.Count).Where(s => sets[s].Contains(key)).Select(s => Number(s))];
            return having.Length == sets.Count
                ? expression
                : new BoundCase([new BoundIn(new BoundColumn(set), having)], [expression], new BoundConstant(expression.Type, null));
        }

        BoundExpression GroupingId()
        {
            BoundConstant[] ids = [.. sets.Select(s => Number(IdOf(s, aggregate.Keys.Count)))];
            return ids.Length == 1 ? ids[0] : new BoundCase(isSet[..^1], ids[..^1], ids[^1]);
        }
    }

    // A bit for each key that is not in the set, the first highest.
    private static long IdOf(IReadOnlyList<int> set, int keys)
    {
        long id = 0;
        for (int key = 0; key < keys; key++)
        {
            id = (id << 1) | (set.Contains(key) ? 0L : 1L);
        }

        return id;
    }

    /// <summary>The groups of the sets without keys, which are there without rows too; null for none.</summary>
    private static Func<RecordBatch>? EmptySets(LogicalAggregate aggregate, LogicalAggregate grouped)
    {
        long[] empty = [.. Enumerable.Range(0, aggregate.Sets!.Count).Where(s => aggregate.Sets[s].Count == 0).Select(s => (long)s)];
        return empty.Length == 0 ? null : () => RowsOf(grouped, empty);
    }

    private static RecordBatch RowsOf(LogicalAggregate grouped, long[] empty)
    {
        Schema schema = new(grouped.Keys.Select(k => k.Variable.ToField()));
        using var sets = new FixedBuilder<long>(DataType.Int64, empty.Length);
        Array.ForEach(empty, s => sets.Append(s));
        return new RecordBatch(schema, empty.Length, [.. grouped.Keys.SkipLast(1).Select(k => Nulls(k.Expression.Type, empty.Length)), sets.Build()]);
    }

    private static Column Nulls(DataType type, int rows)
    {
        using Column one = ConstantColumn.Create(type, null);
        return Repeat.Row(one, rows);
    }

    private static BoundConstant Number(long value) => new(DataType.Int64, value);
}
