namespace Millrace.Sql.Execution;

/// <summary>What is said of series, time windows and recursion.</summary>
public static class SetErrors
{
    public static readonly ErrorCode ZeroStepCode = new("MR5270", "The step of a series leads nowhere.", "Give a step other than zero that leads from the start to the end.");
    public static readonly ErrorCode WindowLengthCode = new("MR5271", "A time window has a length that cannot be used.", "Give lengths either in months or in days and shorter units, not below the resolution of the timestamp.");
    public static readonly ErrorCode RecursionLimitCode = new("MR5272", "A recursive query has not ended after very many rounds.", "Add a condition that ends it, or use UNION instead of UNION ALL so that rows that were seen are left out.");

    internal static MillraceException ZeroStep() => ZeroStepCode.Error("The step of generate_series is zero or does not move the value.");

    internal static MillraceException WindowLength(string what) => WindowLengthCode.Error(what);

    internal static MillraceException RecursionLimit(int rounds)
        => RecursionLimitCode.Error(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"A recursive query still gives rows after {rounds} rounds."));
}
