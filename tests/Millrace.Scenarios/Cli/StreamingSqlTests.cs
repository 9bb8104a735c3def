using System.Diagnostics;
using System.Text.Json.Nodes;
using Millrace.Scenarios.Crash;

namespace Millrace.Scenarios.Cli;

/// <summary>Statements that run on, as real processes.</summary>
public sealed class StreamingSqlTests : IDisposable
{
    private const string Windows = "SELECT window_start, k, count(*) AS n, sum(id) AS s FROM TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '1' MINUTE) GROUP BY window_start, window_end, k";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new(inMemory: true);
    private readonly MillraceProcess _millrace;
    private readonly EventInbox _inbox;

    public StreamingSqlTests()
    {
        _millrace = new MillraceProcess(_folder.Path);
        _inbox = new EventInbox(_folder["inbox"]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Several_statements_of_a_file_run_at_once_until_they_are_stopped_with_everything_committed()
    {
        Write($"INSERT INTO o {Windows}; CREATE TABLE copies WITH (path = 'copies/', format = 'csv', batch.strategy = 'time_window', batch.window = '20ms') AS SELECT id FROM a;");
        _inbox.AddFile(500);
        using Process process = _millrace.Start("sql", "job.sql");
        await UntilAsync(() => Lines("copies") == 500, process);
        _inbox.AddFile(100);
        await UntilAsync(() => Lines("copies") == 600 && Lines("lake") > 0, process);
        MillraceProcess.Interrupt(process);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);

        MillraceResult last = await _millrace.RunAsync("sql", "-c", "SET drain = on", "job.sql");
        Assert.True(last.ExitCode == 0, last.Errors);
        Assert.Null(ChangelogFold.Fault(EventInbox.Windows(Enumerable.Range(0, 600)), ChangelogFold.Rows(_folder["lake"], null)));
        Assert.Equal(600, ChangelogFold.Rows(_folder["copies"], null).Distinct().Count());
    }

    [Fact]
    public async Task A_run_that_hung_and_was_taken_over_commits_nothing_any_more()
    {
        Write($"INSERT INTO o {Windows};");
        _inbox.AddFile(2000);
        using Process old = _millrace.Start("sql", "job.sql");
        await UntilAsync(() => Directory.Exists(_folder["lake/_millrace/o/log"]) && Directory.GetFiles(_folder["lake/_millrace/o/log"]).Length > 0, old);
        MillraceProcess.Signal(old, MillraceProcess.SigStop);
        _inbox.AddFile(2000);
        MillraceResult held = await _millrace.RunAsync("sql", "job.sql");
        Assert.Equal(2, held.ExitCode);
        MillraceResult taker = await _millrace.RunAsync("sql", "--take-over", "-c", "SET drain = on", "job.sql");
        Assert.True(taker.ExitCode == 0, taker.Errors);
        MillraceProcess.Signal(old, MillraceProcess.SigContinue);
        await old.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.NotEqual(0, old.ExitCode);

        Assert.Null(ChangelogFold.Fault(EventInbox.Windows(Enumerable.Range(0, 4000)), ChangelogFold.Rows(_folder["lake"], null)));
    }

    [Fact]
    public async Task Late_rows_are_dead_letters_of_the_epoch_in_which_they_came()
    {
        Write($"INSERT INTO o {Windows};", ", late.data = 'side output'");
        _inbox.AddFile(500);
        using Process process = _millrace.Start("sql", "job.sql");
        await UntilAsync(() => Directory.Exists(_folder["lake"]) && Lines("lake") > 20, process);
        await File.WriteAllTextAsync(_folder["inbox/late.csv"], "id,ts,k\n-1,2026-01-01T00:00:05,late\n", TestContext.Current.CancellationToken);
        await UntilAsync(() => Directory.Exists(_folder[".millrace/dead-letters"]) && Directory.GetFiles(_folder[".millrace/dead-letters"], "*", SearchOption.AllDirectories).Length > 0, process);
        MillraceProcess.Interrupt(process);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        MillraceResult list = await _millrace.RunAsync("dlq", "list", "--json");
        Assert.Contains("MR4401", list.Output, StringComparison.Ordinal);
        Assert.Contains("window", list.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(ChangelogFold.Rows(_folder["lake"], null), r => r.Contains("late", StringComparison.Ordinal));
    }

    [Fact]
    public async Task State_is_shown_and_a_job_can_be_taken_back_with_it()
    {
        Write("INSERT INTO o SELECT k, count(*) AS n FROM a GROUP BY k;", ", changelog = 'upsert'");
        _inbox.AddFile(400);
        using (Process process = _millrace.Start("sql", "job.sql"))
        {
            await UntilAsync(() => Directory.Exists(_folder["lake"]) && Lines("lake") > 0, process);
            _inbox.AddFile(400);
            await UntilAsync(() => ChangelogFold.Rows(_folder["lake"], 1).Sum(Count) == 800, process);
            MillraceProcess.Interrupt(process);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        JsonNode shown = (await _millrace.RunAsync("state", "show", "job.sql", "--json")).Json.Single();
        Assert.NotEmpty(shown["state"]!["files"]!.AsArray());
        Assert.Contains(shown["state"]!["stages"]!.AsArray(), s => s!["rows"]!.GetValue<long>() > 0);
        MillraceResult back = await _millrace.RunAsync("state", "rewind", "job.sql#o", "--epoch", "1", "--yes");
        Assert.True(back.ExitCode == 0, back.Errors);

        MillraceResult last = await _millrace.RunAsync("sql", "-c", "SET drain = on", "job.sql");
        Assert.True(last.ExitCode == 0, last.Errors);
        Assert.Equal(800, ChangelogFold.Rows(_folder["lake"], 1).Sum(Count));
    }

    [Fact]
    public async Task A_plain_query_prints_changes_as_they_come()
    {
        _inbox.AddFile(3);
        MillraceResult result = await _millrace.RunAsync("sql", "--json", "-c", $"SET drain = on; CREATE STREAM a {EventInbox.Definition("inbox/")}; SELECT k, count(*) AS n FROM a GROUP BY k");
        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Equal(3, result.Json.Where(j => j["_op"] is not null).Sum(j => j["n"]!.GetValue<long>()));
    }

    [Fact]
    public async Task A_plain_query_with_a_limit_ends_with_its_first_rows()
    {
        _inbox.AddFile(30);
        MillraceResult result = await _millrace.RunAsync("sql", "--json", "-c", $"CREATE STREAM a {EventInbox.Definition("inbox/")}; SELECT id FROM a LIMIT 7");
        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Equal(Enumerable.Range(0, 7), result.Json.Where(j => j["id"] is not null).Select(j => j["id"]!.GetValue<int>()));
    }

    [Fact]
    public async Task What_changes_cannot_be_appended()
    {
        Write("INSERT INTO o SELECT k, count(*) AS n FROM a GROUP BY k;", ", changelog = 'append'");
        _inbox.AddFile(3);
        MillraceResult result = await _millrace.RunAsync("sql", "job.sql");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("MR5410", result.Errors, StringComparison.Ordinal);
        Assert.Equal(0, Lines("lake"));
    }

    private void Write(string statements, string options = "") => _folder.Write("job.sql", $"""
        SET threads = 1;
        CREATE STREAM a {EventInbox.Definition("inbox/")};
        CREATE TABLE o WITH (path = 'lake/', format = 'csv', batch.strategy = 'time_window', batch.window = '20ms'{options});
        {statements}
        """);

    private static long Count(string row) => long.Parse(row.Split(',')[1], System.Globalization.CultureInfo.InvariantCulture);

    private int Lines(string folder) => Directory.Exists(_folder[folder]) ? Directory.EnumerateFiles(_folder[folder], "*.csv").Sum(f => File.ReadLines(f).Count() - 1) : 0;

    private static async Task UntilAsync(Func<bool> condition, Process process)
    {
        long started = Stopwatch.GetTimestamp();
        using var clock = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!condition())
        {
            Assert.False(process.HasExited, process.HasExited ? await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken) : "");
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, "nothing happened");
            await clock.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
