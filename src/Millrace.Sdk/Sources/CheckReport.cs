namespace Millrace.Sdk;

/// <summary>What a check found, one line a finding.</summary>
public sealed record CheckReport(IReadOnlyList<CheckFinding> Findings)
{
    public bool Ok => Findings.All(f => f.Ok);

    public static CheckReport Of(params CheckFinding[] findings) => new(findings);
}

/// <param name="Ok">Whether the job can work with it.</param>
/// <param name="Subject">What was tried: <c>read orders.csv</c>.</param>
/// <param name="Detail">What was found.</param>
/// <param name="Error">The error with code and hint, when it is not well.</param>
public sealed record CheckFinding(bool Ok, string Subject, string Detail, MillraceException? Error = null)
{
    public static CheckFinding Pass(string subject, string detail) => new(true, subject, detail);

    public static CheckFinding Fail(string subject, MillraceException error) => new(false, subject, error.Message, error);
}
