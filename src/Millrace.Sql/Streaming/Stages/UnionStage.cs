using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>The rows of several inputs, whose columns agree in types.</summary>
/// <param name="schema">Columns of the result.</param>
/// <param name="inputs">The inputs; if one gives changes, the result does.</param>
public sealed class UnionStage(Schema schema, IReadOnlyList<StagePlan> inputs)
    : StagePlan(schema, inputs.Any(i => i.IsChanges), [.. inputs.Select(i => new StageInput(i, Exchange.Keep))])
{
    public override string Name => "Union";

    public override StageOperator Open(StageContext context) => new Operator(this, context);

    private sealed class Operator(UnionStage stage, StageContext context) : StageOperator
    {
        public override void Push(int input, RecordBatch rows)
        {
            var renamed = new RecordBatch(stage.Inputs[input].Stage.IsChanges ? stage.BatchSchema : stage.Schema, rows.Length, [.. rows.Columns.Select(c => c.Share())]);
            if (!stage.IsChanges || stage.Inputs[input].Stage.IsChanges)
            {
                context.Emit(renamed);
                return;
            }

            using (renamed)
            {
                context.Emit(Weights.Join(renamed, 1));
            }
        }
    }
}
