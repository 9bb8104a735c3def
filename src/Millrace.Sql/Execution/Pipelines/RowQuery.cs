using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Execution;

/// <summary>
/// A query that looks at each row of one table by itself: conditions, expressions, arrays taken apart. Such a query needs no
/// lanes of its own; whoever reads the table can apply it batch by batch, wherever in the table the batch is from.
/// </summary>
public sealed class RowQuery
{
    private readonly IReadOnlyList<StreamNode> _nodes;

    private RowQuery(ScanNode scan, IReadOnlyList<StreamNode> nodes, Schema schema)
    {
        Columns = scan.Columns;
        _nodes = nodes;
        Schema = schema;
    }

    /// <summary>Names of the table's columns that it reads, in the order in which its input has to have them.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Columns of its result.</summary>
    public Schema Schema { get; }

    /// <summary>The query as one of this kind; null if it is not.</summary>
    public static RowQuery? TryOf(BoundQuery query) => TryOf(query.Plan, SqlEngine.SchemaOf(query));

    /// <summary>The same for a plan.</summary>
    internal static RowQuery? TryOf(LogicalPlan plan, Schema schema)
    {
        var nodes = new List<StreamNode>();
        PhysicalNode node = PhysicalPlanner.Plan(plan);
        while (node is StreamNode { Inputs.Count: 1 } stream)
        {
            nodes.Add(stream);
            node = stream.Inputs[0];
        }

        return node is ScanNode { Limit: long.MaxValue } scan ? new RowQuery(scan, nodes, schema) : null;
    }

    /// <summary>Opens the query for one thread.</summary>
    /// <param name="context">What its expressions share; faults of rows go to its handler.</param>
    public RowLane Open(QueryContext context) => new(_nodes, Schema, context);
}

/// <summary>Applies a <see cref="RowQuery"/> to batches. One thread uses it.</summary>
public sealed class RowLane : IDisposable
{
    private readonly Schema _schema;
    private readonly Collector _collector = new();
    private readonly List<LaneOperator> _operators = [];
    private readonly List<IDisposable> _shared = [];
    private readonly LaneOperator _head;

    internal RowLane(IReadOnlyList<StreamNode> nodes, Schema schema, QueryContext context)
    {
        _schema = schema;
        _head = _collector;
        var run = new QueryRun(context);
        foreach (StreamNode node in nodes)
        {
            IDisposable? shared = node.Share(run, 1);
            if (shared is not null)
            {
                _shared.Add(shared);
            }

            _head = node.Open(run, shared, _head);
            _operators.Add(_head);
        }
    }

    /// <summary>The rows that come of a batch, which is borrowed; null for none. The caller owns the result.</summary>
    public RecordBatch? Run(RecordBatch batch)
    {
        try
        {
            _head.Push(new Chunk(batch, 0));
            return _collector.Take(_schema);
        }
        finally
        {
            _collector.Dispose();
        }
    }

    public void Dispose()
    {
        for (int i = _operators.Count - 1; i >= 0; i--)
        {
            _operators[i].Dispose();
        }

        _shared.ForEach(s => s.Dispose());
        _collector.Dispose();
    }

    private sealed class Collector : LaneOperator
    {
        private readonly List<RecordBatch> _batches = [];

        public override void Push(Chunk chunk) => _batches.Add(chunk.Rows.Share());

        public override void Finish()
        {
        }

        public RecordBatch? Take(Schema schema)
        {
            if (_batches.Count == 0)
            {
                return null;
            }

            using RecordBatch all = Concat.Batches(_batches);
            return new RecordBatch(schema, all.Length, [.. all.Columns.Select(c => c.Share())]);
        }

        public override void Dispose()
        {
            _batches.ForEach(b => b.Dispose());
            _batches.Clear();
        }
    }
}
