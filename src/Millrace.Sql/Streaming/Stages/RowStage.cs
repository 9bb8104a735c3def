using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>What looks at each row by itself: conditions, expressions, arrays taken apart, windows that a row falls in.</summary>
/// <param name="schema">Columns of the result.</param>
/// <param name="input">Its input; weights pass through.</param>
/// <param name="rows">What is done, over the columns of the input's batches.</param>
/// <param name="details">As <c>EXPLAIN</c> shows it.</param>
public sealed class RowStage(Schema schema, StagePlan input, RowQuery rows, string details) : StagePlan(schema, input.IsChanges, new StageInput(input, Exchange.Keep))
{
    public override string Name => "Rows";

    public override string Details => details;

    public override StageOperator Open(StageContext context) => new Operator(rows.Open(context.Query), context);

    private sealed class Operator(RowLane lane, StageContext context) : StageOperator
    {
        public override void Push(int input, RecordBatch rows)
        {
            if (lane.Run(rows) is { } made)
            {
                context.Emit(made);
            }
        }

        public override void Dispose() => lane.Dispose();
    }
}
