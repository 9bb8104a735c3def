using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>Where the rows of a table come in. A table that a query names several times is read once, for several of these.</summary>
/// <param name="schema">The columns that the plan reads, by its names.</param>
/// <param name="input">The table.</param>
/// <param name="columns">Numbers of the columns among those of the input.</param>
public sealed class InputStage(Schema schema, StreamInput input, IReadOnlyList<int> columns) : StagePlan(schema, isChanges: false)
{
    public override string Name => "Input";

    public override string Details => $"{input.Table.Name} [{string.Join(", ", columns.Select(c => input.Columns[c]))}]";

    /// <summary>The table.</summary>
    public StreamInput Input => input;

    public override StageOperator Open(StageContext context) => new Operator(Schema, columns, context);

    private sealed class Operator(Schema schema, IReadOnlyList<int> columns, StageContext context) : StageOperator
    {
        public override void Push(int input, RecordBatch rows)
            => context.Emit(new RecordBatch(schema, rows.Length, [.. columns.Select(c => rows[c].Share())]));
    }
}
