namespace Millrace.Sql.Execution;

/// <summary>The side of a join that is kept: all rows, to be found by their keys; on disk where they do not fit into memory.</summary>
/// <param name="input">The rows.</param>
/// <param name="keys">Numbers of the key columns; none for joins by condition alone.</param>
/// <param name="nullsMatch">For each key whether null is equal to null.</param>
public sealed class JoinBuildNode(PhysicalNode input, IReadOnlyList<int> keys, IReadOnlyList<bool> nullsMatch) : BreakerNode(input.Schema, input)
{
    public IReadOnlyList<int> Keys => keys;

    public IReadOnlyList<bool> NullsMatch => nullsMatch;

    /// <summary>
    /// Whether rows on disk lie by their keys, and meet only those of the same. Not where a null may be equal to any row: then
    /// each row of the other side meets all of them.
    /// </summary>
    public bool IsDealt { get; init; } = true;

    public override string Name => "JoinBuild";

    public override string Details => string.Join(", ", keys.Select(k => Schema[k].Name));

    public override IBreaker Open(QueryRun run) => new JoinBuild(this, run.Context);
}
