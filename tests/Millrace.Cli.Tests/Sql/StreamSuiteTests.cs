using Millrace.Runtime.Sql;
using Millrace.TestKit;
using TestResult = Millrace.Runtime.Sql.TestResult;

namespace Millrace.Cli.Tests.Sql;

public sealed class StreamSuiteTests : IDisposable
{
    private const string Clicks = """
        now: 2024-06-01T12:00:00Z
        tables:
          clicks:
            columns: {page: varchar, at: timestamp}
            watermark: at AS at - INTERVAL '10' SECOND
            rows:
              - [a, 2024-06-01 10:00:05]
              - [b, 2024-06-01 10:00:55]
              - [a, 2024-06-01 10:00:50]
              - [a, 2024-06-01 10:02:10]
              - [a, 2024-06-01 10:00:10]
        tests:
          - name: case
            sql: |
              SELECT window_end, page, count(*) AS n
              FROM TUMBLE(TABLE clicks, DESCRIPTOR(at), INTERVAL '1' MINUTE) GROUP BY window_end, page

        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task All_rows_at_once_are_what_the_batch_engine_says()
        => await PassesAsync("stream: {batch_rows: 100}", "rows: [[2024-06-01 10:01:00, a, 3], [2024-06-01 10:01:00, b, 1], [2024-06-01 10:03:00, a, 1]]");

    [Fact]
    public async Task The_running_result_of_groups_can_be_looked_at_change_by_change()
    {
        const string groups = """
            tables:
              t:
                columns: {k: varchar}
                rows: [[a], [b], [a]]
            tests:
              - name: case
                sql: SELECT k, count(*) AS n FROM t GROUP BY k

            """;
        Assert.Equal([], (await RunAsync(groups + "    stream: {batch_rows: 1}\n    expect: {changes: [[+I, a, 1], [+I, b, 1], [-D, a, 1], [+I, a, 2]], rows: [[a, 2], [b, 1]]}\n")).Faults);
        TestResult wrong = await RunAsync(groups + "    stream: {batch_rows: 1}\n    expect: {changes: [[+I, a, 1], [+I, b, 1], [+I, a, 2]]}\n");
        Assert.Equal(["row 3 is (-D, a, 1); (+I, a, 2) was expected"], wrong.Faults);
    }

    [Fact]
    public async Task Without_a_size_the_test_has_to_hold_however_the_rows_come()
    {
        const string groups = """
            tables:
              t:
                columns: {k: integer}
                rows: [[1], [2], [3], [4], [5], [6]]
            tests:
              - name: case
                stream: true
                sql: SELECT k % 2 AS odd, sum(k) AS total FROM t GROUP BY k % 2
                expect: {rows: [[1, 9], [0, 12]]}
            """;
        Assert.Equal([], (await RunAsync(groups)).Faults);
        TestResult wrong = await RunAsync(groups.Replace("[0, 12]", "[0, 13]", StringComparison.Ordinal));
        Assert.Equal(2, wrong.Faults.Count);
        Assert.All(wrong.Faults, f => Assert.EndsWith("(with one row at once)", f, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Changes_need_a_size()
    {
        TestResult result = await RunAsync(Clicks + "    stream: true\n    expect: {changes: []}\n");
        Assert.Contains("batch_rows", Assert.Single(result.Faults), StringComparison.Ordinal);
    }

    private async Task PassesAsync(string stream, string expect) => Assert.Equal([], (await RunAsync(Clicks + $"    {stream}\n    expect: {{{expect}}}\n")).Faults);

    private async Task<TestResult> RunAsync(string suite)
    {
        string path = Path.Combine(_folder.Path, "suite.yaml");
        await File.WriteAllTextAsync(path, suite);
        return Assert.Single((await new SuiteRunner(Composition.Connectors).RunAsync(path, null, CancellationToken.None)).Tests);
    }
}
