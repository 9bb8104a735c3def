using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Rows that several places of a query read: they are computed once and kept until the last place has read them.</summary>
/// <param name="input">What computes them.</param>
/// <param name="number">Its number in the query, for people.</param>
/// <param name="uses">How many places read it.</param>
public sealed class SharedRowsNode(PhysicalNode input, int number, int uses) : BreakerNode(input.Schema, input)
{
    public int Number => number;

    public int Uses => uses;

    public override string Name => "SharedRows";

    public override string Details => $"#{number}, read {uses} times";

    public override IBreaker Open(QueryRun run) => new SharedRows(this, run.Context);
}

/// <summary>A place that reads shared rows: some of their columns, by names of its own.</summary>
/// <param name="schema">Of the columns.</param>
/// <param name="rows">The rows.</param>
/// <param name="columns">Numbers of the columns.</param>
public sealed class SharedReadNode(Schema schema, SharedRowsNode rows, IReadOnlyList<int> columns) : PhysicalNode(schema, rows)
{
    /// <summary>The rows that it reads.</summary>
    public SharedRowsNode Source => rows;

    public IReadOnlyList<int> Columns => columns;

    public override string Name => "SharedRead";

    public override string Details => $"#{rows.Number} [{string.Join(", ", Schema.Fields.Select(f => f.Name))}]";
}
