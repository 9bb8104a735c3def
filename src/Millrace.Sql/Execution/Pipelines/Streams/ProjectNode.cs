using Millrace.Columnar;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Execution;

/// <summary>Makes columns of the input's columns. Those that are only passed on are shared.</summary>
public sealed class ProjectNode(Schema schema, PhysicalNode input, IReadOnlyList<BoundExpression> expressions, Layout layout) : StreamNode(schema, input)
{
    public override string Name => "Project";

    public override string Details => string.Join(", ", expressions.Select(ExpressionText.Of));

    public override bool TakesEncoded => true;

    public override LaneOperator Open(QueryRun run, IDisposable? shared, LaneOperator output)
        => new Projecting(Schema, new ExpressionList(expressions, layout, run.Context, encoded: expressions.Count), output);

    private sealed class Projecting(Schema schema, ExpressionList expressions, LaneOperator output) : LaneOperator
    {
        public override bool IsSatisfied => output.IsSatisfied;

        public override void Push(Chunk chunk)
        {
            using RecordBatch rows = expressions.Evaluate(chunk.Rows, schema);
            if (rows.Length > 0)
            {
                output.Push(new Chunk(rows, chunk.Part));
            }
        }

        public override void Finish() => output.Finish();

        public override void Dispose() => expressions.Dispose();
    }
}
