using Millrace.Columnar;
using Millrace.Sql.Execution;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Streaming;

/// <summary>
/// Brings rows of two inputs together, whichever comes first. Both sides are kept; rows that the watermark makes useless are
/// dropped, others when they were not used for the time to live.
/// </summary>
internal sealed class JoinStage : StagePlan
{
    private static readonly string[] Tables = ["left", "right"];

    /// <param name="schema">Columns of the result.</param>
    /// <param name="kind">All but the nearest ones.</param>
    /// <param name="left">Left rows.</param>
    /// <param name="right">Right rows.</param>
    /// <param name="nullsMatch">For each key whether null is equal to null.</param>
    /// <param name="condition">What else has to be true; null for nothing.</param>
    /// <param name="details">As <c>EXPLAIN</c> shows it.</param>
    public JoinStage(Schema schema, LogicalJoinKind kind, JoinSide left, JoinSide right, IReadOnlyList<bool> nullsMatch, JoinCondition? condition, string details)
        : base(schema, GivesChanges(left, right), new StageInput(left.Stage, Exchange.By([.. left.Keys])), new StageInput(right.Stage, Exchange.By([.. right.Keys])))
    {
        (Kind, Sides, NullsMatch, Condition, Details) = (kind, [left, right], nullsMatch, condition, details);
        State = [.. Sides.Select((s, i) => KeyedRows.TableOf(TableOf(i), s.Stage.Schema, s.Keys, s.Alone != GivenAlone.None))];
    }

    public override string Name => "Join";

    public override string Details { get; }

    public override IReadOnlyList<StateTable> State { get; }

    public override string Signature => $"{Name} {Kind} {Details}";

    public override bool GrowsWithInput => Sides.Any(s => s.Lag is null);

    public override IReadOnlyList<Schema> LateRows => [.. Sides.Where(s => s.LateLag is not null).Select(s => s.Stage.Schema)];

    public LogicalJoinKind Kind { get; }

    /// <summary>Left and right.</summary>
    public IReadOnlyList<JoinSide> Sides { get; }

    public IReadOnlyList<bool> NullsMatch { get; }

    public JoinCondition? Condition { get; }

    /// <summary>How far apart in time rows may be; other pairs do not match.</summary>
    public JoinDistance Distance { get; init; } = JoinDistance.Any;

    /// <summary>Whether it gives pairs of rows.</summary>
    public bool GivesPairs => Kind is not (LogicalJoinKind.Semi or LogicalJoinKind.Anti or LogicalJoinKind.Mark);

    public override StageOperator Open(StageContext context) => new JoinOperator(this, context);

    /// <summary>Name of the state of a side.</summary>
    internal static string TableOf(int side) => Tables[side];

    // That a row has no match is final where the row is given up: then nothing has to be taken back.
    private static bool GivesChanges(params ReadOnlySpan<JoinSide> sides)
    {
        foreach (JoinSide side in sides)
        {
            if (side.Stage.IsChanges || (side.Alone.HasFlag(GivenAlone.WithoutMatch) && side.Lag is null))
            {
                return true;
            }
        }

        return false;
    }
}
