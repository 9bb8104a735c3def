using Millrace.Columnar;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Streaming;

/// <summary>
/// Left rows with the version of the right side that was valid at their time: the last one of the same key that is not
/// younger. A left row waits until no such version can come any more and is given once; versions that nobody can ask for are
/// dropped.
/// </summary>
internal sealed class NearestStage : StagePlan
{
    /// <param name="schema">Columns of the result.</param>
    /// <param name="kind">Whether left rows without a version are given.</param>
    /// <param name="left">Rows that ask.</param>
    /// <param name="right">Versions.</param>
    /// <param name="nullsMatch">For each key whether null is equal to null.</param>
    /// <param name="takesEqual">Whether a version is valid at its own time.</param>
    /// <param name="details">As <c>EXPLAIN</c> shows it.</param>
    public NearestStage(Schema schema, LogicalJoinKind kind, JoinSide left, JoinSide right, IReadOnlyList<bool> nullsMatch, bool takesEqual, string details)
        : base(schema, isChanges: false, new StageInput(left.Stage, Exchange.By([.. left.Keys])), new StageInput(right.Stage, Exchange.By([.. right.Keys])))
    {
        (Kind, Sides, NullsMatch, TakesEqual, Details) = (kind, [left, right], nullsMatch, takesEqual, details);
        State = [.. Sides.Select((s, i) => KeyedRows.TableOf(JoinStage.TableOf(i), s.Stage.Schema, s.Keys, hasTags: false))];
    }

    public override string Name => "AsOfJoin";

    public override string Details { get; }

    public override IReadOnlyList<StateTable> State { get; }

    /// <summary>One version of each key is always kept; without times of left rows, all of them.</summary>
    public override bool GrowsWithInput => Sides[1].Lag is null;

    public override IReadOnlyList<Schema> LateRows => Sides[0].LateLag is null ? [] : [Sides[0].Stage.Schema];

    public LogicalJoinKind Kind { get; }

    /// <summary>Left and right.</summary>
    public IReadOnlyList<JoinSide> Sides { get; }

    public IReadOnlyList<bool> NullsMatch { get; }

    public bool TakesEqual { get; }

    public override StageOperator Open(StageContext context) => new NearestOperator(this, context);
}
