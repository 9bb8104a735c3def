namespace Millrace.Runtime.Sql;

/// <summary>Errors of suites of tests.</summary>
public static class SuiteErrors
{
    public static readonly ErrorCode BadSuite = new("MR5320", "A suite of tests is not written as it should be.", "See docs/guides/testing-sql.md.");
}
