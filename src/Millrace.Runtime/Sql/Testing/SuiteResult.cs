namespace Millrace.Runtime.Sql;

/// <summary>How a test of SQL ended.</summary>
public enum TestOutcome
{
    Passed,
    Failed,
    Skipped,
}

/// <param name="Name">Name of the test.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Faults">What was not as expected, a sentence each; for a skipped test the reason.</param>
public sealed record TestResult(string Name, TestOutcome Outcome, TimeSpan Duration, IReadOnlyList<string> Faults);

/// <param name="Name">Name of the suite.</param>
/// <param name="Path">Its file.</param>
/// <param name="Tests">Its tests, in order.</param>
public sealed record SuiteResult(string Name, string Path, IReadOnlyList<TestResult> Tests)
{
    public int Count(TestOutcome outcome) => Tests.Count(t => t.Outcome == outcome);
}
