namespace Millrace.Sql.Execution;

/// <summary>The right side of a nearest match: rows sorted by keys and time.</summary>
/// <param name="input">The rows.</param>
/// <param name="keys">Numbers of the columns that are equal in a match.</param>
/// <param name="nullsMatch">For each key whether null is equal to null.</param>
/// <param name="time">The inequality.</param>
public sealed class AsOfBuildNode(PhysicalNode input, IReadOnlyList<int> keys, IReadOnlyList<bool> nullsMatch, AsOfColumns time) : BreakerNode(input.Schema, input)
{
    public IReadOnlyList<int> Keys => keys;

    public IReadOnlyList<bool> NullsMatch => nullsMatch;

    public AsOfColumns Time => time;

    public override string Name => "AsOfBuild";

    public override string Details => string.Join(", ", keys.Append(time.Right).Select(k => Schema[k].Name));

    public override IBreaker Open(QueryRun run) => new AsOfBuild(this, run.Context);
}
