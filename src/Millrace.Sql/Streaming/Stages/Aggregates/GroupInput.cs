using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>Finds keys and arguments among the columns of an aggregation's input. One thread uses it.</summary>
internal sealed class GroupInput : IDisposable
{
    private readonly AggregatePlan _plan;
    private readonly int[] _columns;
    private readonly Vector[] _vectors;

    public GroupInput(GroupAggregateStage stage)
    {
        _plan = stage.Aggregates;
        _columns = [.. _plan.Expressions.Select(e => e is BoundColumn column ? stage.Layout[column.Column] : -1)];
        _vectors = [.. _plan.Expressions.Select(e => e is BoundConstant constant ? new Vector(ConstantColumn.Create(constant.Type, constant.Value), IsConstant: true) : default)];
    }

    /// <summary>The key columns; borrowed.</summary>
    public Column[] Keys(RecordBatch rows)
    {
        var keys = new Column[_plan.Keys];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = rows[i];
        }

        return keys;
    }

    /// <summary>The plan's expressions; borrowed.</summary>
    public Vector[] Vectors(RecordBatch rows)
    {
        var vectors = (Vector[])_vectors.Clone();
        for (int i = 0; i < vectors.Length; i++)
        {
            if (_columns[i] >= 0)
            {
                vectors[i] = new Vector(rows[_columns[i]]);
            }
        }

        return vectors;
    }

    public void Dispose()
    {
        for (int i = 0; i < _vectors.Length; i++)
        {
            if (_columns[i] < 0)
            {
                _vectors[i].Dispose();
            }
        }
    }
}
