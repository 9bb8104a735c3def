namespace Millrace.Sql.Execution;

/// <summary>The side of a join that is kept: all rows in memory, to be found by their keys.</summary>
/// <param name="input">The rows.</param>
/// <param name="keys">Numbers of the key columns; none for joins by condition alone.</param>
/// <param name="nullsMatch">For each key whether null is equal to null.</param>
public sealed class JoinBuildNode(PhysicalNode input, IReadOnlyList<int> keys, IReadOnlyList<bool> nullsMatch) : BreakerNode(input.Schema, input)
{
    public IReadOnlyList<int> Keys => keys;

    public IReadOnlyList<bool> NullsMatch => nullsMatch;

    /// <summary>
    /// Whether rows may go to disk and be joined partition by partition, or piece by piece. Not where an unknown match counts,
    /// nor where rows without a match come out of a join without keys.
    /// </summary>
    public bool CanSpill { get; init; } = keys.Count > 0;

    public override string Name => "JoinBuild";

    public override string Details => string.Join(", ", keys.Select(k => Schema[k].Name));

    public override IBreaker Open(QueryRun run) => new JoinBuild(this, run.Context);
}
