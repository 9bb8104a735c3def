using Millrace.Runtime.Sql;
using Millrace.TestKit;
using TestResult = Millrace.Runtime.Sql.TestResult;

namespace Millrace.Cli.Tests.Sql;

public sealed class SuiteTests : IDisposable
{
    private const string Table = """
        now: 2024-06-01T12:00:00Z
        tables:
          t:
            columns: {id: integer, v: "decimal(6,2)", s: varchar}
            rows: [[1, 1.5, a], [2, 2.5, b], [3, null, a]]
        tests:
          - name: case
            sql: SELECT * FROM t
            expect:

        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("rows: [[3, null, a], [1, 1.50, a], [2, 2.5, b]]")]
    [InlineData("{rows: [[1, 1.5, a], [2, 2.5, b], {id: 3, s: a}], ordered: true}")]
    [InlineData("contains: [[2, 2.5, b]]")]
    [InlineData("{rows: [[1, 1.49, a], [2, 2.51, b], [3, null, a]], tolerance: 0.02}")]
    [InlineData("row_count: 3")]
    [InlineData("row_count: {min: 2, max: 3}")]
    [InlineData("schema: {id: integer, v: \"decimal(6,2)\", s: varchar}")]
    [InlineData("no_nulls: [id, s]")]
    [InlineData("unique: [id]")]
    [InlineData("ordered_by: [id]")]
    [InlineData("values: {s: [a, b], id: [1, 2, 3]}")]
    [InlineData("ranges: {v: {min: 1, max: 2.5}}")]
    [InlineData("aggregates: {sum(v): 4, count(*): 3}")]
    [InlineData("each: [id > 0, \"s IN ('a', 'b')\"]")]
    [InlineData("join_coverage: [{left: t, right: t, on: id}]")]
    public async Task What_holds_passes(string expect)
        => Assert.Equal([], (await RunAsync(Table + Indented(expect))).Faults);

    [Theory]
    [InlineData("rows: [[1, 1.5, a], [2, 2.5, b]]", "1 row is not expected: (3, null, a)")]
    [InlineData("rows: [[1, 1.5, a], [2, 2.5, b], [3, null, a], [3, null, a]]", "1 row is missing: (3, null, a)")]
    [InlineData("{rows: [[2, 2.5, b], [1, 1.5, a], [3, null, a]], ordered: true}", "row 1 is (1, 1.50, a); (2, 2.50, b) was expected")]
    [InlineData("contains: [[9, 1, a]]", "the row (9, 1.00, a) is not among the rows")]
    [InlineData("row_count: 4", "there are 3 rows; 4 were expected")]
    [InlineData("row_count: {min: 5}", "there are 3 rows; at least 5 were expected")]
    [InlineData("schema: {id: bigint}", "the columns (id bigint) were expected, and these are (id integer, v decimal(6,2), s varchar)")]
    [InlineData("no_nulls: [v]", "column v is null in 1 row: (3, null, a)")]
    [InlineData("unique: [s]", "(s) repeats in 1 row: (a, 2)")]
    [InlineData("ordered_by: [id desc]", "the rows are not sorted by id desc: row 1 is (1)")]
    [InlineData("values: {s: [a]}", "column s has another value in 1 row: (2, 2.50, b)")]
    [InlineData("ranges: {v: {max: 2}}", "column v is out of range in 1 row: (2, 2.50, b)")]
    [InlineData("aggregates: {sum(v): 5}", "sum(v) is 4.00; 5 was expected")]
    [InlineData("aggregates: {v: 5}", "v is no aggregate: it gives 3 rows")]
    [InlineData("row_count: {min: x}", "MR5320 'x' is no number of rows. See docs/guides/testing-sql.md.")]
    [InlineData("row_count: NaN", "MR5320 'NaN' is no number of rows. See docs/guides/testing-sql.md.")]
    [InlineData("each: [v > 2]", "v > 2 does not hold in 2 rows: (1, 1.50, a), (3, null, a)")]
    [InlineData("join_coverage: [{left: t, right: t, on: l.id = r.id + 1}]", "2 of 3 rows of t find a match in t; 1 of them were expected")]
    [InlineData("error: MR5202", "the error MR5202 was expected, and the query gave 3 rows")]
    public async Task What_does_not_hold_is_told(string expect, string fault)
    {
        TestResult result = await RunAsync(Table + Indented(expect));
        Assert.Equal(TestOutcome.Failed, result.Outcome);
        Assert.Equal([fault], result.Faults);
    }

    [Fact]
    public async Task The_clock_stands_still()
        => Assert.Equal([], (await RunAsync(Table.Replace("SELECT * FROM t", "SELECT now() AS n", StringComparison.Ordinal) + Indented("rows: [[2024-06-01T12:00:00Z]]"))).Faults);

    [Fact]
    public async Task An_option_that_does_not_exist_names_the_nearest()
    {
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => RunAsync(Table + Indented("row_cuont: 3")));
        Assert.Contains("row_count", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_report_of_a_failure_is_what_build_servers_read()
    {
        var suite = new SuiteResult("s", "s.yaml", [new TestResult("a", TestOutcome.Passed, TimeSpan.FromMilliseconds(5), []), new TestResult("b <c>", TestOutcome.Failed, TimeSpan.Zero, ["x & y"])]);
        string xml = JUnitReport.Of([suite]);
        Assert.Contains("""<testsuite name="s" file="s.yaml" tests="2" failures="1" skipped="0" time="0.005">""", xml, StringComparison.Ordinal);
        Assert.Contains("""<failure message="x &amp; y">x &amp; y</failure>""", xml, StringComparison.Ordinal);
    }

    private static string Indented(string expect) => $"      {expect}\n";

    private async Task<TestResult> RunAsync(string suite)
    {
        string path = Path.Combine(_folder.Path, "suite.yaml");
        await File.WriteAllTextAsync(path, suite);
        return Assert.Single((await new SuiteRunner(Composition.Connectors).RunAsync(path, null, CancellationToken.None)).Tests);
    }
}
