namespace Millrace.Sql.Execution;

/// <summary>What joins complain of.</summary>
public static class JoinErrors
{
    public static readonly ErrorCode SecondMatchCode = new("MR5250", "A subquery that stands for one value has more than one row.", "Make it give one row: with an aggregate, with LIMIT 1, or with a narrower condition.");

    public static readonly ErrorCode NearestConditionCode = new("MR5251", "The condition of an ASOF join is not of the form that it needs.", "Write equalities of columns and one inequality of both sides: ON a.k = b.k AND a.t >= b.t.");

    internal static MillraceException NearestCondition()
        => NearestConditionCode.Error("An ASOF join needs equalities and exactly one inequality between an expression of the left and one of the right side.");

    internal static MillraceException SecondMatch() => SecondMatchCode.Error("A subquery that stands for one value has a second row.");
}
