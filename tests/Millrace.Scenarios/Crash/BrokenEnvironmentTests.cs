using System.Diagnostics;
using System.Globalization;
using System.Text;
using Millrace.Scenarios.Cli;

namespace Millrace.Scenarios.Crash;

/// <summary>Disks that fill up, files that change under a run, rights that go away, and a second process at the same job.</summary>
public sealed class BrokenEnvironmentTests : IDisposable
{
    private const int Rows = 40_000;

    private readonly TempFolder _folder = new(inMemory: true);
    private readonly MillraceProcess _millrace;
    private readonly GrowingInbox _inbox;

    public BrokenEnvironmentTests()
    {
        _millrace = new MillraceProcess(_folder.Path);
        _inbox = new GrowingInbox(_folder["inbox"], new Random(1));
        WriteJob("job.yaml", "inbox", "format: csv");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("format: csv")]
    [InlineData("format: parquet")]
    [InlineData("""format: csv, partition: ["bucket(3, id)"], keep_partition_columns: true""")]
    public async Task A_run_on_a_full_disk_fails_and_goes_on_when_there_is_room(string target)
    {
        _inbox.AddFile(Rows);
        WriteJob("job.yaml", "inbox", target);

        // A disk of a few hundred kilobytes, in a namespace of its own so that nobody has to be root.
        (int code, string output) = await ShellAsync($$"""
            unshare -rm true 2>/dev/null || exit 77
            exec unshare -rm sh -c '
                mkdir lake && mount -t tmpfs -o size=200k tmpfs lake || exit 77
                "{{MillraceProcess.Program}}" run job.yaml; echo "first: $?"
                mount -o remount,size=64m lake
                "{{MillraceProcess.Program}}" run job.yaml; echo "second: $?"
                "{{MillraceProcess.Program}}" copy lake/ all.csv --columns id,name'
            """);
        Assert.SkipWhen(code == 77, "No disk of its own can be mounted here.");

        Assert.Contains("error MR3003: ", output, StringComparison.Ordinal);
        Assert.Contains("first: 2\n", output, StringComparison.Ordinal);
        Assert.Contains("second: 0\n", output, StringComparison.Ordinal);
        Assert.Equal(0, code);
        Assert.Null(RowOracle.Fault(_folder["all.csv"], Rows));
    }

    [Fact]
    public async Task A_file_that_may_not_grow_as_far_as_it_has_to_fails_the_copy_and_leaves_nothing()
    {
        _inbox.AddFile(Rows);

        // Without the switch the runtime needs a large file of its own to start.
        (int code, string output) = await ShellAsync($"""
            trap '' XFSZ
            ulimit -f 200
            export DOTNET_EnableWriteXorExecute=0
            "{MillraceProcess.Program}" copy inbox/0000.csv out.csv
            """);
        Assert.True(code == 2, output);
        Assert.True(output.Contains("error MR3003: ", StringComparison.Ordinal), output);
        Assert.Contains("may not grow further", output, StringComparison.Ordinal);
        Assert.Equal(["inbox/0000.csv", "job.yaml"], _folder.Files());
    }

    [Fact]
    public async Task Rights_that_go_away_fail_the_run_which_goes_on_when_they_are_back()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess && !File.Exists("/usr/bin/setpriv"), "The superuser may write everywhere, and there is no setpriv to become somebody else.");
        _inbox.AddFile(Rows);
        string user = Environment.IsPrivilegedProcess ? "setpriv --reuid=65534 --regid=65534 --clear-groups" : "";
        string run = $"HOME=\"$PWD\" {user} \"{MillraceProcess.Program}\"";
        (int code, string output) = await ShellAsync($"""
            chmod 777 . && {user} true || exit 77
            {run} run job.yaml --limit 1000; echo "first: $?"
            find lake -type d -exec chmod a-w '{"{}"}' +
            {run} run job.yaml; echo "second: $?"
            find lake -type d -exec chmod a+w '{"{}"}' +
            {run} run job.yaml; echo "third: $?"
            {run} copy lake/ all.csv --columns id,name
            """);
        Assert.SkipWhen(code == 77 || output.Contains("first: 126", StringComparison.Ordinal), "Nobody else may run the program here.");

        Assert.True(output.Contains("first: 0\n", StringComparison.Ordinal), output);
        Assert.Contains("error MR3002: ", output, StringComparison.Ordinal);
        Assert.Contains("second: 2\n", output, StringComparison.Ordinal);
        Assert.Contains("third: 0\n", output, StringComparison.Ordinal);
        Assert.Null(RowOracle.Fault(_folder["all.csv"], Rows));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_followed_file_that_shrinks_or_is_replaced_ends_the_run_with_what_was_read_before(bool shrinks)
    {
        _inbox.AddFile(1000);
        using Process process = _millrace.Start("run", "job.yaml", "--follow");
        await CommittedAsync(process);

        string path = _folder["inbox/0000.csv"];
        string text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        if (shrinks)
        {
            await File.WriteAllTextAsync(path, text[..(text.Length / 2)], TestContext.Current.CancellationToken);
        }
        else
        {
            File.Delete(path);
            await File.WriteAllTextAsync(path, text.Replace("name", "eman", StringComparison.Ordinal) + "5,six\n", TestContext.Current.CancellationToken);
        }

        string errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, process.ExitCode);
        Assert.Contains("MR3037", errors, StringComparison.Ordinal);
        Assert.Contains("0000.csv", errors, StringComparison.Ordinal);
        Assert.Equal(0, (await _millrace.RunAsync("copy", "lake/", "all.csv", "--columns", "id,name")).ExitCode);
        Assert.Null(RowOracle.Fault(_folder["all.csv"], 1000));
    }

    [Fact]
    public async Task A_second_process_at_the_same_job_is_refused_and_the_first_goes_on()
    {
        _inbox.AddFile(1000);
        using Process first = _millrace.Start("run", "job.yaml", "--follow");
        await CommittedAsync(first);

        MillraceResult second = await _millrace.RunAsync("run", "job.yaml");
        Assert.Equal(2, second.ExitCode);
        Assert.StartsWith("error MR3044: ", second.Errors, StringComparison.Ordinal);
        Assert.Contains(first.Id.ToString(CultureInfo.InvariantCulture), second.Errors, StringComparison.Ordinal);

        _inbox.Append(500);
        _inbox.Finish();
        await StopAsync(first);
        Assert.Equal(0, first.ExitCode);
        Assert.Equal(0, (await _millrace.RunAsync("run", "job.yaml")).ExitCode);
        Assert.Equal(0, (await _millrace.RunAsync("copy", "lake/", "all.csv", "--columns", "id,name")).ExitCode);
        Assert.Null(RowOracle.Fault(_folder["all.csv"], 1500));
    }

    [Fact]
    public async Task Two_jobs_of_one_name_are_refused_before_any_of_them_runs()
    {
        _inbox.AddFile(10);
        WriteJob("jobs/a.yaml", "same", "format: csv");
        WriteJob("jobs/b.yaml", "other", "format: csv");
        WriteJob("jobs/c.yaml", "same", "format: parquet");

        MillraceResult result = await _millrace.RunAsync("run", "jobs");

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("error MR1030: ", result.Errors, StringComparison.Ordinal);
        Assert.Contains("'same'", result.Errors, StringComparison.Ordinal);
        Assert.Contains("a.yaml", result.Errors, StringComparison.Ordinal);
        Assert.Contains("c.yaml", result.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["jobs/lake"]));
    }

    private void WriteJob(string path, string name, string target) => _folder.Write(path, $$"""
        name: {{name}}
        source: {connector: files, path: inbox/*.csv, mode: incremental, poll: 20ms}
        target: {connector: files, path: lake/, {{target}}}
        batch: {strategy: fixed_size, size: 1000, max_wait: 50ms}
        """);

    // Waits until a following run has committed what there is.
    private async Task CommittedAsync(Process process)
    {
        using var clock = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!Directory.Exists(_folder["lake"]) || !Directory.EnumerateFiles(_folder["lake"], "*.csv").Any())
        {
            Assert.False(process.HasExited, "The run ended by itself.");
            await clock.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    private static async Task StopAsync(Process process)
    {
        using Process kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private async Task<(int Code, string Output)> ShellAsync(string script)
    {
        var start = new ProcessStartInfo("bash", ["-c", script]) { WorkingDirectory = _folder.Path, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process shell = Process.Start(start)!;
        var output = new StringBuilder();
        DataReceivedEventHandler keep = (_, line) =>
        {
            lock (output)
            {
                output.Append(line.Data).Append('\n');
            }
        };
        shell.OutputDataReceived += keep;
        shell.ErrorDataReceived += keep;
        shell.BeginOutputReadLine();
        shell.BeginErrorReadLine();
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (shell.ExitCode, output.ToString());
    }
}
