using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>The first row for each value of the keys; of a sorted input, which has one part, the first in its order.</summary>
public sealed class DistinctOnNode : StreamNode
{
    /// <param name="input">The rows.</param>
    /// <param name="keys">Numbers of the key columns.</param>
    /// <param name="width">How many of the input's columns come out.</param>
    public DistinctOnNode(PhysicalNode input, IReadOnlyList<int> keys, int width)
        : base(SortNode.Leading(input.Schema, width), input) => (Keys, Width) = (keys, width);

    public IReadOnlyList<int> Keys { get; }

    public int Width { get; }

    public override string Name => "DistinctOn";

    public override string Details => string.Join(", ", Keys.Select(k => Inputs[0].Schema[k].Name));

    public override IDisposable? Share(QueryRun run, int lanes) => new SeenRows(Inputs[0].Schema.Select([.. Keys]), run.Context.Memory);

    public override LaneOperator Open(QueryRun run, IDisposable? shared, LaneOperator output) => new Lane(this, (SeenRows)shared!, output);

    private sealed class Lane(DistinctOnNode node, SeenRows seen, LaneOperator output) : LaneOperator
    {
        private readonly int[] _keys = [.. node.Keys];
        private readonly int[] _columns = [.. Enumerable.Range(0, node.Width)];

        public override bool IsSatisfied => output.IsSatisfied;

        public override void Push(Chunk chunk)
        {
            using RecordBatch keys = chunk.Rows.Select(_keys);
            int[] first = seen.FirstRows(keys);
            if (first.Length > 0)
            {
                using RecordBatch columns = chunk.Rows.Select(_columns);
                using RecordBatch rows = Take.Rows(columns, first);
                output.Push(new Chunk(rows, chunk.Part));
            }
        }

        public override void Finish() => output.Finish();
    }
}
