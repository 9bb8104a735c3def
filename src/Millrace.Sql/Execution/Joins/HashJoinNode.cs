using Millrace.Columnar;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Execution;

/// <summary>
/// Joins the rows that pass, the left ones, with those that are kept, the right ones. Without keys every pair is tried.
/// </summary>
public sealed class HashJoinNode : StreamNode
{
    /// <param name="kind">What becomes of rows without a match; nearest matches are another node's.</param>
    /// <param name="left">The rows that pass.</param>
    /// <param name="right">The rows that are kept, by the right columns of <paramref name="keys"/>.</param>
    /// <param name="keys">Columns that are equal in a pair.</param>
    /// <param name="condition">What else is true for a pair; null for nothing.</param>
    /// <param name="schema">Of what comes out: the left columns, the right ones, or the mark.</param>
    /// <param name="leftColumns">Numbers of the left columns that come out.</param>
    /// <param name="rightColumns">Numbers of the right columns that come out; none for semi, anti and mark.</param>
    public HashJoinNode(
        LogicalJoinKind kind,
        PhysicalNode left,
        JoinBuildNode right,
        IReadOnlyList<JoinKey> keys,
        JoinCondition? condition,
        Schema schema,
        IReadOnlyList<int> leftColumns,
        IReadOnlyList<int> rightColumns)
        : base(schema, left, right)
    {
        Kind = kind;
        Keys = keys;
        Condition = condition;
        LeftColumns = leftColumns;
        RightColumns = rightColumns;
    }

    public LogicalJoinKind Kind { get; }

    /// <summary>Whether the rows that a semi or anti join gives are the right ones; the left ones only look for matches.</summary>
    public bool OutputsRight { get; init; }

    public IReadOnlyList<JoinKey> Keys { get; }

    public JoinCondition? Condition { get; }

    public IReadOnlyList<int> LeftColumns { get; }

    public IReadOnlyList<int> RightColumns { get; }

    public override string Name => Keys.Count > 0 ? "HashJoin" : "NestedLoopJoin";

    public override string Details
    {
        get
        {
            IEnumerable<string> keys = Keys.Select(k => $"{Inputs[0].Schema[k.Left].Name} {(k.NullsMatch ? "is not distinct from" : "=")} {Inputs[1].Schema[k.Right].Name}");
            return $"{(OutputsRight ? "right " : "")}{Kind.ToString().ToLowerInvariant()} {string.Join(" and ", Condition is { Text.Length: > 0 } c ? keys.Append(c.Text) : keys)}".TrimEnd();
        }
    }

    /// <summary>Whether right rows come out in the end by whether they have a match.</summary>
    internal bool KeepsRight => OutputsRight || Kind is LogicalJoinKind.Right or LogicalJoinKind.Full;

    /// <summary>Whether what becomes of a left row depends on all right rows, and not on each pair alone.</summary>
    internal bool JudgesLeft => !OutputsRight && Kind is not (LogicalJoinKind.Inner or LogicalJoinKind.Right);

    /// <summary>Keys by which rows of both sides lie on disk; none where every row may meet every other.</summary>
    internal IReadOnlyList<JoinKey> DealtBy => ((JoinBuildNode)Inputs[1]).IsDealt ? Keys : [];

    /// <summary>Whether left rows without a match come out with nulls.</summary>
    internal bool KeepsLeft => Kind is LogicalJoinKind.Left or LogicalJoinKind.Full or LogicalJoinKind.Single;

    public override IDisposable? Share(QueryRun run, int lanes)
    {
        var build = (JoinBuild)run[(JoinBuildNode)Inputs[1]];
        return build.Table is { } table ? new JoinShared(table, KeepsRight, lanes) : new SpilledJoin(this, run.Context, build.Partitions!, lanes);
    }

    public override LaneOperator Open(QueryRun run, IDisposable? shared, LaneOperator output)
        => shared is SpilledJoin spilled ? new SpilledJoinLane(spilled, output) : OpenLane(run.Context, (JoinShared)shared!, output);

    internal LaneOperator OpenLane(QueryContext context, JoinShared shared, LaneOperator output)
        => OutputsRight ? new MatchedRightLane(this, context, shared, output)
            : Kind is LogicalJoinKind.Semi or LogicalJoinKind.Anti or LogicalJoinKind.Mark ? new ExistsJoinLane(this, context, shared, output)
            : new PairJoinLane(this, context, shared, output);
}
