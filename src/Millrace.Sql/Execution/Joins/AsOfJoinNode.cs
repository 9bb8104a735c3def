using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Left rows with the nearest right row that has the same keys.</summary>
public sealed class AsOfJoinNode : StreamNode
{
    /// <param name="keepsLeft">Whether rows without a match come out, with nulls.</param>
    /// <param name="left">The rows that pass.</param>
    /// <param name="right">The rows that are looked for.</param>
    /// <param name="keys">Columns that are equal in a match.</param>
    /// <param name="time">The inequality.</param>
    /// <param name="schema">Of what comes out.</param>
    /// <param name="leftColumns">Numbers of the left columns that come out.</param>
    /// <param name="rightColumns">Numbers of the right columns that come out.</param>
    public AsOfJoinNode(
        bool keepsLeft,
        PhysicalNode left,
        AsOfBuildNode right,
        IReadOnlyList<JoinKey> keys,
        AsOfColumns time,
        Schema schema,
        IReadOnlyList<int> leftColumns,
        IReadOnlyList<int> rightColumns)
        : base(schema, left, right)
    {
        KeepsLeft = keepsLeft;
        Keys = keys;
        Time = time;
        LeftColumns = leftColumns;
        RightColumns = rightColumns;
        Rows = left.Rows;
    }

    public bool KeepsLeft { get; }

    public IReadOnlyList<JoinKey> Keys { get; }

    public AsOfColumns Time { get; }

    public IReadOnlyList<int> LeftColumns { get; }

    public IReadOnlyList<int> RightColumns { get; }

    public override string Name => "AsOfJoin";

    public override string Details
    {
        get
        {
            (Schema left, Schema right) = (Inputs[0].Schema, Inputs[1].Schema);
            IEnumerable<string> keys = Keys.Select(k => $"{left[k.Left].Name} = {right[k.Right].Name}");
            string op = (Time.LooksBack ? ">" : "<") + (Time.TakesEqual ? "=" : "");
            return (KeepsLeft ? "left " : "") + string.Join(" and ", keys.Append($"{left[Time.Left].Name} {op} {right[Time.Right].Name}"));
        }
    }

    public override LaneOperator Open(QueryRun run, IDisposable? shared, LaneOperator output)
        => new AsOfJoinLane(this, ((AsOfBuild)run[(AsOfBuildNode)Inputs[1]]).Table, output);
}
