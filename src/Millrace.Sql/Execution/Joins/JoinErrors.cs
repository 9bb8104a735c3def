namespace Millrace.Sql.Execution;

/// <summary>What joins complain of.</summary>
public static class JoinErrors
{
    public static readonly ErrorCode SecondMatchCode = new("MR5250", "A subquery that stands for one value has more than one row.", "Make it give one row: with an aggregate, with LIMIT 1, or with a narrower condition.");

    internal static MillraceException SecondMatch() => SecondMatchCode.Error("A subquery that stands for one value has a second row.");
}
