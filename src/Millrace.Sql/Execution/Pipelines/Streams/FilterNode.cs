using Millrace.Columnar;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Execution;

/// <summary>Lets the rows pass for which a condition is true.</summary>
public sealed class FilterNode(PhysicalNode input, BoundExpression condition, Layout layout) : StreamNode(input.Schema, input)
{
    public override string Name => "Filter";

    public override string Details => ExpressionText.Of(condition);

    public override bool TakesEncoded => true;

    public override LaneOperator Open(QueryRun run, IDisposable? shared, LaneOperator output)
        => new Filtering(ExpressionCompiler.CompilePredicate(condition, layout, run.Context.Evaluation), new LaneFaults(run.Context), output);

    private sealed class Filtering(PredicateEvaluator condition, LaneFaults report, LaneOperator output) : LaneOperator
    {
        public override bool IsSatisfied => output.IsSatisfied;

        public override void Push(Chunk chunk)
        {
            using BooleanColumn kept = condition.Evaluate(chunk.Rows, report.Start());
            if (!report.Faults.Any)
            {
                Pass(Filter.Apply(chunk.Rows, kept), chunk.Part);
                return;
            }

            report.Tell(chunk.Rows);
            using RowMask good = report.Good(chunk.Rows.Length);
            using BooleanColumn test = new(chunk.Rows.Length, good.Memory.Share());
            using BooleanColumn both = Logic.And(kept, test);
            Pass(Filter.Apply(chunk.Rows, both), chunk.Part);
        }

        public override void Finish() => output.Finish();

        public override void Dispose() => condition.Dispose();

        private void Pass(RecordBatch rows, int part)
        {
            using (rows)
            {
                if (rows.Length > 0)
                {
                    output.Push(new Chunk(rows, part));
                }
            }
        }
    }
}
