using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Groups the rows of a lane.</summary>
internal sealed class AggregateLane : LaneOperator
{
    private readonly AggregateBreaker _breaker;
    private readonly AggregatePlan _plan;
    private readonly ExpressionList _expressions;
    private GroupedRows? _groups;

    public AggregateLane(AggregateBreaker breaker, AggregatePlan plan, Layout layout, QueryContext context)
    {
        _breaker = breaker;
        _plan = plan;
        _expressions = new ExpressionList(plan.Expressions, layout, context, encoded: plan.Sets is null ? plan.Keys : 0);
        _groups = new GroupedRows(plan, context.Memory);
    }

    public override void Push(Chunk chunk)
    {
        Vector[] vectors = _expressions.Evaluate(chunk.Rows, out RecordBatch rest);
        try
        {
            int rows = rest.Length;
            if (rows == 0)
            {
                return;
            }

            if (_plan.Sets is null)
            {
                AddRows(vectors, rows);
            }
            else
            {
                for (int set = 0; set < _plan.Sets.Count; set++)
                {
                    AddSet(vectors, rows, set);
                }
            }
        }
        finally
        {
            rest.Dispose();
            Array.ForEach(vectors, v => v.Dispose());
        }

        if (!_groups!.TryHoldMemory())
        {
            _breaker.Spill(_groups);
        }
    }

    public override void Finish()
    {
        GroupedRows groups = _groups!;
        _groups = null;
        _breaker.Hand(groups);
    }

    public override void Dispose()
    {
        _groups?.Dispose();
        _expressions.Dispose();
    }

    private void AddRows(Vector[] vectors, int rows)
    {
        Column[] keys = new Column[_plan.Keys];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = vectors[i].ToColumn(rows);
        }

        try
        {
            _groups!.Add(keys, rows, vectors);
        }
        finally
        {
            Array.ForEach(keys, k => k.Dispose());
        }
    }

    // All rows once more, with nulls for the keys that are not in the set, and the set's number as a key more.
    private void AddSet(Vector[] vectors, int rows, int set)
    {
        Column[] keys = GroupingSets.Keys(_plan, vectors, rows, set);
        try
        {
            _groups!.Add(keys, rows, vectors);
        }
        finally
        {
            Array.ForEach(keys, k => k.Dispose());
        }
    }
}
