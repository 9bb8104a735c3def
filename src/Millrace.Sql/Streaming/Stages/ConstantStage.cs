using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>Rows that are there from the start, such as those of <c>VALUES</c>: given once, in the first round of all.</summary>
/// <param name="schema">Columns of the rows.</param>
/// <param name="plan">Makes them.</param>
/// <param name="details">As <c>EXPLAIN</c> shows it.</param>
public sealed class ConstantStage(Schema schema, PhysicalNode plan, string details) : StagePlan(schema, isChanges: false)
{
    public override string Name => "Constant";

    public override string Details => details;

    public override IReadOnlyList<StateTable> State { get; } = [StateMark.Table];

    public override StageOperator Open(StageContext context) => new Operator(plan, context);

    private sealed class Operator(PhysicalNode plan, StageContext context) : StageOperator
    {
        private readonly StateMark _given = new();

        // It reads nothing, so nobody pushes.
        public override void Push(int input, RecordBatch rows) => throw new InvalidOperationException("Constants have no input.");

        public override async ValueTask EndRoundAsync(RoundTime time, CancellationToken cancellation)
        {
            if (context.Lane > 0 || _given.IsSet)
            {
                return;
            }

            _given.Set();
            await foreach (RecordBatch batch in QueryExecutor.ExecuteAsync(plan, context.Query with { Lanes = 1 }, cancellation).ConfigureAwait(false))
            {
                context.Emit(batch);
            }
        }

        public override void Export(IStateWriter writer, bool full) => _given.Export(writer, full);

        public override void Import(string table, StateChange change, RecordBatch rows) => _given.Import();
    }
}
