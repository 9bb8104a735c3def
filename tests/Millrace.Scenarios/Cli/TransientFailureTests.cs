using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Millrace.Scenarios.Cli;

/// <summary>Failures that pass while the program waits, and ones that do not.</summary>
public sealed partial class TransientFailureTests : IDisposable
{
    private const int SigInt = 2;

    private readonly TempFolder _folder = new();
    private readonly MillraceProcess _millrace;

    public TransientFailureTests() => _millrace = new MillraceProcess(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_job_waits_for_the_run_that_holds_its_target()
    {
        Write("inbox/a.csv", "id\n1\n2\n");
        Write("b.csv", "id\n3\n");
        Write("follow.yaml", """
            name: follow
            source: {connector: files, path: inbox/*.csv, mode: incremental, follow: true, poll: 100ms}
            target: {connector: files, path: lake/, format: csv}
            batch: {strategy: time_window, window: 100ms}
            """);
        Write("other.yaml", """
            name: other
            source: b.csv
            target: {connector: files, path: lake/, format: csv}
            failure:
              strategy: retry_with_backoff
              retry: {attempts: 100000, initial_delay: 50ms, max_delay: 100ms, total_time: 100s}
            """);
        using Process holder = _millrace.Start("run", "follow.yaml");
        await WaitForAsync(() => Files("lake").Count > 0);
        using Process waiter = _millrace.Start("run", "other.yaml", "--json");
        try
        {
            JsonNode notice = await NoticeAsync(waiter);
            Assert.Equal("other", (string?)notice["job"]);
            Assert.Contains("tried again in", (string?)notice["text"], StringComparison.Ordinal);
            Assert.Contains("MR3044", (string?)notice["text"], StringComparison.Ordinal);
            Assert.False(waiter.HasExited);

            Assert.Equal(0, Kill(holder.Id, SigInt));
            await waiter.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            KillAll(holder, waiter);
        }

        JsonNode summary = JsonNode.Parse(await waiter.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal((0, "succeeded"), (waiter.ExitCode, (string?)summary["outcome"]));
        Assert.True((int?)summary["retries"] > 0);
        Assert.Equal(["1", "2", "3"], Files("lake").SelectMany(f => File.ReadAllLines(f).Skip(1)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_job_that_names_the_code_waits_for_a_file_that_is_not_there_yet()
    {
        Write("job.yaml", """
            name: late
            source: late.csv
            target: out.csv
            failure: {retry: {codes: [MR3031], attempts: 100000, initial_delay: 50ms, max_delay: 100ms, total_time: 100s}}
            """);
        using Process process = _millrace.Start("run", "job.yaml", "--json");
        try
        {
            Assert.Contains("MR3031 late.csv", (string?)(await NoticeAsync(process))["text"], StringComparison.Ordinal);
            Write("late.part", "id\n1\n");
            File.Move(Path.Combine(_folder.Path, "late.part"), Path.Combine(_folder.Path, "late.csv"));
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            KillAll(process);
        }

        Assert.Equal(0, process.ExitCode);
        Assert.Equal(["id", "1"], await File.ReadAllLinesAsync(Path.Combine(_folder.Path, "out.csv"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Without_the_code_the_missing_file_ends_the_run_at_once()
    {
        Write("job.yaml", """
            name: late
            source: late.csv
            target: out.csv
            failure: retry_with_backoff
            """);
        MillraceResult result = await _millrace.RunAsync("run", "job.yaml", "--json");

        Assert.Equal((2, "permanent"), (result.ExitCode, (string?)result.Json[^1]["error"]!["class"]));
        Assert.Equal(0, (int?)result.Json[^1]["retries"] ?? 0);
    }

    [Fact]
    public async Task A_target_that_is_taken_away_ends_the_run_with_an_error_and_the_next_run_writes_all_rows_anew()
    {
        Write("inbox/a.csv", "id\n1\n2\n");
        Write("follow.yaml", """
            name: follow
            source: {connector: files, path: inbox/*.csv, mode: incremental, follow: true, poll: 100ms}
            target: {connector: files, path: lake/, format: csv}
            batch: {strategy: time_window, window: 100ms}
            """);
        using Process process = _millrace.Start("run", "follow.yaml", "--json");
        try
        {
            await WaitForAsync(() => Files("lake").Count > 0);
            Directory.Move(Path.Combine(_folder.Path, "lake"), Path.Combine(_folder.Path, "away"));
            Write("inbox/b.csv", "id\n3\n");
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            KillAll(process);
        }

        Assert.Equal(2, process.ExitCode);
        Assert.Empty(Files("lake"));

        MillraceResult again = await _millrace.RunAsync("copy", "inbox/*.csv", "lake/", "-t", "format=csv");
        Assert.True(again.ExitCode == 0, again.Errors);
        Assert.Equal(["1", "2", "3"], Files("lake").SelectMany(f => File.ReadAllLines(f).Skip(1)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_source_that_gives_nothing_is_named_while_the_run_waits()
    {
        using (Process mkfifo = Process.Start("mkfifo", [Path.Combine(_folder.Path, "in.csv")]))
        {
            await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Write("job.yaml", """
            name: piped
            source: in.csv
            target: out.csv
            limits: {stall_warning: 200ms}
            """);
        using Process process = _millrace.Start("run", "job.yaml", "--json");
        try
        {
            Assert.Contains("has made no progress for", (string?)(await NoticeAsync(process))["text"], StringComparison.Ordinal);
            await File.WriteAllTextAsync(Path.Combine(_folder.Path, "in.csv"), "id\n1\n", TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            KillAll(process);
        }

        Assert.Equal(0, process.ExitCode);
        Assert.Equal(["id", "1"], await File.ReadAllLinesAsync(Path.Combine(_folder.Path, "out.csv"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_rate_is_kept()
    {
        Write("in.csv", string.Join('\n', Enumerable.Range(100_000, 30_000).Prepend(0)) + "\n");
        Write("job.yaml", """
            name: slow
            source: {connector: files, path: in.csv, format: {name: csv, header: false}}
            target: out.csv
            limits: {bytes_per_second: 100KB}
            """);
        MillraceResult result = await _millrace.RunAsync("run", "job.yaml", "--json");

        Assert.Equal(30_001, (long?)result.Json[^1]["rows"]);
        Assert.True((double?)result.Json[^1]["seconds"] >= 2.1, "210 KB at 100 KB/s take 2.1 s");
    }

    private void Write(string name, string text)
    {
        string path = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private IReadOnlyList<string> Files(string folder)
    {
        string path = Path.Combine(_folder.Path, folder);
        return Directory.Exists(path) ? Directory.GetFiles(path, "*.csv") : [];
    }

    // The first notice on standard error; progress lines come between.
    private static async Task<JsonNode> NoticeAsync(Process process)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        while (await process.StandardError.ReadLineAsync(limit.Token) is { } line)
        {
            if (JsonNode.Parse(line)!["notice"] is { } notice)
            {
                return notice;
            }
        }

        throw new InvalidOperationException($"The program ended with {process.ExitCode} and without a notice.");
    }

    private static async Task WaitForAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        while (!condition())
        {
            await Task.Delay(20, limit.Token);
        }
    }

    private static void KillAll(params IEnumerable<Process> processes)
    {
        foreach (Process process in processes.Where(p => !p.HasExited))
        {
            process.Kill(entireProcessTree: true);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
