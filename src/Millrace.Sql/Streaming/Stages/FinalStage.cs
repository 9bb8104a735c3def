using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>Keeps a changing result until the input ends, and gives what it has become.</summary>
public sealed class FinalStage(StagePlan input)
    : StagePlan(input.Schema, isChanges: false, new StageInput(input, Exchange.By([.. Enumerable.Range(0, input.Schema.Count)])))
{
    private const string Rows = "rows";

    public override string Name => "Final";

    public override IReadOnlyList<StateTable> State { get; } = [RowBag.TableOf(Rows, input.Schema, [.. Enumerable.Range(0, input.Schema.Count)])];

    public override string Signature => $"{Name} of {string.Join(", ", Schema.Fields.Select(f => $"{f.Name} {f.Type}"))}";

    public override StageOperator Open(StageContext context) => new Operator(this, context);

    private sealed class Operator(FinalStage stage, StageContext context) : StageOperator
    {
        private readonly RowBag _rows = new(stage.Schema);

        public override StateSize Size => _rows.Size;

        public override void Push(int input, RecordBatch rows) => _rows.AddChanges(rows);

        public override ValueTask EndRoundAsync(RoundTime time, CancellationToken cancellation)
        {
            if (time.IsEnd)
            {
                foreach (RecordBatch batch in _rows.ReadAll())
                {
                    context.Emit(batch);
                }

                _rows.Clear();
            }

            return ValueTask.CompletedTask;
        }

        public override void Export(IStateWriter writer, bool full) => _rows.Export(writer, Rows, full);

        public override void Import(string table, StateChange change, RecordBatch rows) => _rows.Import(rows);

        public override void Dispose() => _rows.Dispose();
    }
}
