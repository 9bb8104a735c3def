using System.Diagnostics;
using Millrace.Scenarios.Cli;

namespace Millrace.Scenarios.Crash;

/// <summary>Readers of the output that go away, and standard streams that take nothing.</summary>
public sealed class StandardStreamTests : IDisposable
{
    private const int Rows = 200_000;

    private readonly TempFolder _folder = new(inMemory: true);

    public StandardStreamTests()
    {
        new GrowingInbox(_folder["inbox"], new Random(1)).AddFile(Rows);
        _folder.Write("job.yaml", """
            name: job
            source: {location: inbox/*.csv, mode: incremental}
            batch: {strategy: fixed_size, size: 50000}
            target: {location: '-', format: csv}
            """);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Rows_that_the_reader_of_a_pipe_did_not_take_are_printed_by_the_next_run()
    {
        string output = await ShellAsync($"""
            "{MillraceProcess.Program}" run job.yaml 2>errors | head -1 >/dev/null; echo "first: $PIPESTATUS"
            grep error errors
            "{MillraceProcess.Program}" run job.yaml 2>/dev/null >all.csv; echo "second: $?"
            """);

        Assert.Equal("first: 141\nsecond: 0\n", output);
        Assert.Null(RowOracle.Fault(_folder["all.csv"], Rows));
    }

    [Theory]
    [InlineData("copy inbox/0000.csv - -f csv")]
    [InlineData("sql -c \"SELECT * FROM 'inbox/0000.csv'\" -f csv")]
    [InlineData("sql -c \"SELECT * FROM 'inbox/0000.csv'\" --json")]
    [InlineData("sql -c \"SELECT * FROM 'inbox/0000.csv'\" -n 100000")]
    public async Task A_reader_that_has_read_enough_ends_the_program_without_a_word(string command)
    {
        string output = await ShellAsync($"""
            "{MillraceProcess.Program}" {command} 2>errors | head -1 | wc -l; echo "exit: $PIPESTATUS"
            cat errors
            """);

        Assert.Equal("1\nexit: 141\n", output);
    }

    [Fact]
    public async Task Jobs_run_whether_or_not_somebody_reads_how_they_ended()
    {
        _folder.Write("two.yaml", """
            name: two
            source: {location: inbox/*.csv, mode: incremental}
            target: {location: two/, format: csv}
            """);
        _folder.Write("one.yaml", """
            name: one
            source: {location: inbox/*.csv, mode: incremental}
            target: {location: one/, format: csv}
            """);
        string output = await ShellAsync($"""
            "{MillraceProcess.Program}" run one.yaml two.yaml 2>errors | true; echo "exit: $PIPESTATUS"
            ls -d one two; grep error errors
            """);

        Assert.Equal("exit: 0\none\ntwo\n", output);
    }

    [Fact]
    public async Task Rows_come_between_what_the_shell_prints_before_and_after()
    {
        string output = await ShellAsync($"""
            (echo before; "{MillraceProcess.Program}" run job.yaml 2>/dev/null; echo after) > all.txt
            head -1 all.txt; tail -1 all.txt; wc -l < all.txt
            """);

        Assert.Equal($"before\nafter\n{Rows + 3}\n", output);
    }

    [Fact]
    public async Task Messages_that_cannot_be_printed_do_not_end_a_run_and_an_answer_that_cannot_is_an_error()
    {
        string output = await ShellAsync($"""
            "{MillraceProcess.Program}" copy inbox/0000.csv a.csv 2>/dev/full >/dev/null; echo "messages: $?"
            "{MillraceProcess.Program}" preview inbox/0000.csv 2>errors >/dev/full; echo "answer: $?"
            grep -o 'error MR[0-9]*' errors
            """);

        Assert.Equal("messages: 0\nanswer: 2\nerror MR3003\n", output);
    }

    private async Task<string> ShellAsync(string script)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The shell and its devices are those of Linux.");
        var start = new ProcessStartInfo("bash", ["-c", script]) { WorkingDirectory = _folder.Path, RedirectStandardOutput = true };
        using Process shell = Process.Start(start)!;
        string output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output;
    }
}
