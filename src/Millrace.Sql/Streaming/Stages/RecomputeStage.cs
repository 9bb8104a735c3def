using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>
/// A plan for which there is no way to follow changes: it is computed anew from all rows whenever some change, and what
/// differs from the last result is given. Right for every plan, and slow for large inputs.
/// </summary>
/// <param name="schema">Columns of the result.</param>
/// <param name="inputs">What the plan reads.</param>
/// <param name="plan">Makes the result of rows.</param>
/// <param name="details">As <c>EXPLAIN</c> shows it.</param>
internal sealed class RecomputeStage(Schema schema, IReadOnlyList<StagePlan> inputs, BatchPlan plan, string details)
    : StagePlan(schema, isChanges: true, [.. inputs.Select(i => new StageInput(i, Exchange.Single))])
{
    public override string Name => "Recompute";

    public override string Details => details;

    public override bool GrowsWithInput => true;

    public override IReadOnlyList<StateTable> State { get; } =
    [
        StateMark.Table,
        .. inputs.Select((input, i) => RowBag.TableOf(TableOf(i), input.Schema, [])),
    ];

    public override StageOperator Open(StageContext context) => new Operator(this, plan, context);

    private static string TableOf(int input) => $"input-{input}";

    private sealed class Operator : StageOperator
    {
        private readonly RecomputeStage _stage;
        private readonly BatchPlan _plan;
        private readonly StageContext _context;
        private readonly RowBag[] _inputs;
        private readonly RowBag _result;
        private readonly FaultMemory _faults = new();

        // Also the result of no rows is given once.
        private readonly StateMark _begun = new();
        private bool _isRestored;
        private bool _hasResult;
        private bool _hasChanged = true;

        public Operator(RecomputeStage stage, BatchPlan plan, StageContext context)
        {
            (_stage, _plan, _context) = (stage, plan, context);
            _inputs = [.. stage.Inputs.Select(input => new RowBag(input.Stage.Schema))];
            _result = new RowBag(stage.Schema);
        }

        public override StateSize Size => _inputs.Aggregate(_result.Size, (sum, i) => sum + i.Size);

        public override void Push(int input, RecordBatch rows)
        {
            if (_isRestored && !_hasResult)
            {
                // The result that was given is that of the rows before these.
                KeepResult();
            }

            if (_stage.Inputs[input].Stage.IsChanges)
            {
                _inputs[input].AddChanges(rows);
            }
            else
            {
                _inputs[input].Add(rows, default);
            }

            _hasChanged = true;
        }

        public override async ValueTask EndRoundAsync(RoundTime time, CancellationToken cancellation)
        {
            if (!_hasChanged || _context.Lane > 0)
            {
                return;
            }

            using var next = new RowBag(_stage.Schema);
            await ComputeAsync(next, silent: false, cancellation).ConfigureAwait(false);
            EmitDifference(next);
            _hasChanged = false;
            _hasResult = true;
            _begun.Set();
        }

        public override void Export(IStateWriter writer, bool full)
        {
            _begun.Export(writer, full);
            for (int i = 0; i < _inputs.Length; i++)
            {
                _inputs[i].Export(writer, TableOf(i), full);
            }
        }

        public override void Import(string table, StateChange change, RecordBatch rows)
        {
            (_isRestored, _hasChanged) = (true, false);
            if (table == StateMark.Table.Name)
            {
                _begun.Import();
            }
            else
            {
                _inputs[Enumerable.Range(0, _inputs.Length).First(i => TableOf(i) == table)].Import(rows);
            }
        }

        public override void Dispose()
        {
            Array.ForEach(_inputs, i => i.Dispose());
            _result.Dispose();
        }

        private void KeepResult()
        {
            ComputeAsync(_result, silent: true, _context.Query.Cancellation).AsTask().GetAwaiter().GetResult();
            _hasResult = true;
        }

        private async ValueTask ComputeAsync(RowBag result, bool silent, CancellationToken cancellation)
        {
            QueryContext context = _faults.Begin(_context.Query, silent);
            foreach (RecordBatch batch in await _plan.RunAsync([.. _inputs.Select(i => i.ReadAll().ToList())], context, cancellation).ConfigureAwait(false))
            {
                using (batch)
                {
                    result.Add(batch, default);
                }
            }
        }

        private void EmitDifference(RowBag next)
        {
            using var difference = new RowBag(_stage.Schema);
            Add(difference, _result, -1);
            Add(difference, next, 1);
            _result.Clear();
            Add(_result, next, 1);
            foreach ((RecordBatch rows, long[] weights) in difference.Read())
            {
                using (rows)
                {
                    _context.Emit(Weights.Join(rows, weights));
                }
            }
        }

        private static void Add(RowBag to, RowBag from, long sign)
        {
            foreach ((RecordBatch rows, long[] weights) in from.Read())
            {
                using (rows)
                {
                    to.Add(rows, weights, sign);
                }
            }
        }
    }
}
