using System.Diagnostics;
using Millrace.Scenarios.Cli;

namespace Millrace.Scenarios.Crash;

/// <summary>What a killed process leaves behind goes with the next run; what a living one needs stays.</summary>
public sealed class LeftoverTests : IDisposable
{
    private readonly TempFolder _folder = new(inMemory: true);
    private readonly MillraceProcess _millrace;

    public LeftoverTests()
    {
        _millrace = new MillraceProcess(_folder.Path);
        _millrace.Environment["TMPDIR"] = Directory.CreateDirectory(_folder["tmp"]).FullName;
        _folder.Write("small.csv", "id\n1\n");
        _folder.Write("large.csv", "id\n" + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i}\n")));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_next_run_of_the_job_removes_what_is_left_of_its_file()
    {
        await KillAsync(Slow("out/a.csv"), () => Hidden("out").Length == 2);

        MillraceResult again = await _millrace.RunAsync("copy", "small.csv", "out/a.csv");

        Assert.True(again.ExitCode == 0, again.Errors);
        Assert.Equal(["out/a.csv"], Under("out"));
    }

    [Fact]
    public async Task A_run_of_another_job_removes_it_too()
    {
        await KillAsync(Slow("out/a.csv"), () => Hidden("out").Length == 2);
        _folder.Write("out/.editor.lock", "mine");

        MillraceResult other = await _millrace.RunAsync("copy", "small.csv", "out/b.csv");

        Assert.True(other.ExitCode == 0, other.Errors);
        Assert.Equal(["out/.editor.lock", "out/b.csv"], Under("out"));
    }

    [Fact]
    public async Task Names_that_are_too_long_for_a_hidden_name_are_no_exception()
    {
        string name = $"out/{new string('a', 100)}.csv";
        await KillAsync(Slow(name), () => Hidden("out").Length == 2);

        MillraceResult other = await _millrace.RunAsync("copy", "small.csv", "out/b.csv");

        Assert.True(other.ExitCode == 0, other.Errors);
        Assert.Equal(["out/b.csv"], Under("out"));
    }

    [Fact]
    public async Task What_a_living_run_has_staged_stays()
    {
        string[] before = [];
        await KillAsync(Slow("out/a.csv"), () => Hidden("out").Length == 2, async () =>
        {
            before = Hidden("out");
            MillraceResult other = await _millrace.RunAsync("copy", "small.csv", "out/b.csv");
            Assert.True(other.ExitCode == 0, other.Errors);
            Assert.Equal(before, Hidden("out"));
        });

        Assert.Equal(2, before.Length);
    }

    [Fact]
    public async Task The_next_run_of_any_job_removes_what_is_left_in_a_data_set()
    {
        await KillAsync(Slow("lake/", "max_open_files: 1"), () => Under("lake").Any(f => f.EndsWith(".staged", StringComparison.Ordinal) || f.EndsWith(".mrtmp", StringComparison.Ordinal)));

        _folder.Write("other.yaml", """
            name: other
            source: {location: small.csv}
            target: {location: lake/, format: csv}
            """);
        MillraceResult other = await _millrace.RunAsync("run", "other.yaml");

        Assert.True(other.ExitCode == 0, other.Errors);
        Assert.DoesNotContain(Under("lake"), f => f.EndsWith(".staged", StringComparison.Ordinal) || f.EndsWith(".mrtmp", StringComparison.Ordinal) || f.EndsWith(".lock", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_copy_of_a_pipe_goes_with_the_next_copy()
    {
        var start = new ProcessStartInfo(MillraceProcess.Program, ["copy", "-", "a.csv"]) { WorkingDirectory = _folder.Path, RedirectStandardInput = true, RedirectStandardError = true };
        start.Environment["TMPDIR"] = _folder["tmp"];
        Process open = Process.Start(start)!;
        await open.StandardInput.WriteAsync("id\n1\n");
        await open.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        await KillAsync(open, () => Under("tmp").Any(f => f.EndsWith("/copy", StringComparison.Ordinal)));
        Assert.NotEmpty(Under("tmp"));

        var next = new ProcessStartInfo(MillraceProcess.Program, ["copy", "-", "b.csv"]) { WorkingDirectory = _folder.Path, RedirectStandardInput = true };
        next.Environment["TMPDIR"] = _folder["tmp"];
        using Process copy = Process.Start(next)!;
        await copy.StandardInput.WriteAsync("id\n1\n");
        copy.StandardInput.Close();
        await copy.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, copy.ExitCode);
        Assert.DoesNotContain(Under("tmp"), f => f.Contains("millrace-pipe-", StringComparison.Ordinal));
    }

    // A job that would write for minutes.
    private Process Slow(string target, string options = "")
    {
        _folder.Write("slow.yaml", $$"""
            name: slow
            source: {location: large.csv}
            target: {location: {{target}}, format: csv{{(options.Length == 0 ? "" : ", " + options)}}}
            limits: {bytes_per_second: 1KB}
            """);
        return _millrace.Start("run", "slow.yaml");
    }

    private static async Task KillAsync(Process process, Func<bool> when, Func<Task>? before = null)
    {
        using (process)
        {
            using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
            for (int i = 0; i < 6000 && !process.HasExited && !when(); i++)
            {
                await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            }

            if (process.HasExited)
            {
                Assert.Fail($"It ended with {process.ExitCode}: {await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)}");
            }

            try
            {
                await (before?.Invoke() ?? Task.CompletedTask);
            }
            finally
            {
                process.Kill();
                await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            }
        }
    }

    private string[] Hidden(string folder) => [.. Under(folder).Where(f => Path.GetFileName(f).StartsWith('.') && new FileInfo(_folder[f]).Length >= 0)];

    private string[] Under(string folder) => [.. _folder.Files().Where(f => f.StartsWith(folder + "/", StringComparison.Ordinal))];
}
