using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>
/// How a part of a query is done. A tree of nodes is cut into pipelines at its breakers: a pipeline reads a source in several
/// lanes, pushes rows through stream nodes, and ends in a breaker, whose result is the source of the next. Nodes are
/// immutable; what a run of them keeps is in <see cref="QueryRun"/>.
/// </summary>
/// <param name="schema">Schema of the rows it gives.</param>
/// <param name="inputs">The nodes it takes rows from.</param>
public abstract class PhysicalNode(Schema schema, params IReadOnlyList<PhysicalNode> inputs)
{
    public Schema Schema { get; } = schema;

    public IReadOnlyList<PhysicalNode> Inputs { get; } = inputs;

    /// <summary>Name in <c>EXPLAIN</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Its particulars in <c>EXPLAIN</c>: keys, conditions.</summary>
    public virtual string Details => "";

    /// <summary>
    /// Whether batches of the first input may have columns encoded as <see cref="Dictionaries"/> says. A stream node that takes
    /// them may pass them on; for others they are decoded.
    /// </summary>
    public virtual bool TakesEncoded => false;

    /// <summary>About how many rows it gives; null when unknown.</summary>
    public long? Rows { get; init; }
}

/// <summary>Where rows come from. Inputs are trees that it runs itself.</summary>
public abstract class SourceNode(Schema schema, params IReadOnlyList<PhysicalNode> inputs) : PhysicalNode(schema, inputs)
{
    public abstract ValueTask<IBatchSource> OpenAsync(QueryContext context);
}

/// <summary>
/// Work on rows as they pass. The first input is the one that passes; other inputs are breakers, which are complete before
/// the first row comes.
/// </summary>
public abstract class StreamNode(Schema schema, params IReadOnlyList<PhysicalNode> inputs) : PhysicalNode(schema, inputs)
{
    /// <summary>Makes what the lanes of a run share; null for nothing.</summary>
    /// <param name="run">The run, with the breakers that are complete.</param>
    /// <param name="lanes">How many lanes will be opened and finished.</param>
    public virtual IDisposable? Share(QueryRun run, int lanes) => null;

    /// <summary>Opens the operator in a lane.</summary>
    /// <param name="run">The run.</param>
    /// <param name="shared">What <see cref="Share"/> made.</param>
    /// <param name="output">The next operator, which the lane owns and finishes through this one.</param>
    public abstract LaneOperator Open(QueryRun run, IDisposable? shared, LaneOperator output);
}

/// <summary>Work that needs all rows before it gives the first: sort, aggregate, the build side of a join.</summary>
public abstract class BreakerNode(Schema schema, params IReadOnlyList<PhysicalNode> inputs) : PhysicalNode(schema, inputs)
{
    public abstract IBreaker Open(QueryRun run);
}

/// <summary>A breaker at work: its lanes collect, then it is completed once, then its result is read.</summary>
public interface IBreaker : IAsyncDisposable
{
    /// <summary>Opens the end of a lane.</summary>
    LaneOperator OpenLane();

    /// <summary>The same, for breakers that tell their inputs apart; inputs are run one after the other.</summary>
    LaneOperator OpenLane(int input) => OpenLane();

    /// <summary>All lanes are finished.</summary>
    ValueTask CompleteAsync(CancellationToken cancellation);

    /// <summary>The result as a source; may be asked for once.</summary>
    IBatchSource OpenResult();
}
