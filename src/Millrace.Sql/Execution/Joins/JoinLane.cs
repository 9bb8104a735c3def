using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>A lane of a join: finds the candidates of a batch and leaves the rest to its kind.</summary>
internal abstract class JoinLane(HashJoinNode node, QueryContext context, JoinShared shared, LaneOperator output) : LaneOperator
{
    private readonly CandidateFinder _finder = new(node.Keys, shared.Table);

    public override bool IsSatisfied => Output.IsSatisfied;

    protected HashJoinNode Node => node;

    protected JoinShared Shared => shared;

    protected JoinTable Table => shared.Table;

    protected LaneOperator Output => output;

    protected PairTest Test { get; } = new(node, context, shared.Table);

    /// <summary>Key columns of the batch at hand.</summary>
    protected ReadOnlySpan<Column> LeftKeys => _finder.Keys;

    public override void Push(Chunk chunk) => Join(chunk, _finder.Find(chunk.Rows));

    public override void Dispose() => Test.Dispose();

    /// <summary>Joins a batch.</summary>
    /// <param name="chunk">The left rows.</param>
    /// <param name="first">For each the first candidate, or <see cref="JoinTable.None"/>.</param>
    protected abstract void Join(Chunk chunk, ReadOnlySpan<int> first);
}
