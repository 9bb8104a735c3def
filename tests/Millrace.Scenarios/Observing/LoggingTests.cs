using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Millrace.Scenarios.Cli;

namespace Millrace.Scenarios.Observing;

public sealed partial class LoggingTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly MillraceProcess _millrace;

    public LoggingTests()
    {
        _millrace = new MillraceProcess(_folder.Path);
        File.WriteAllText(Path.Combine(_folder.Path, "orders.csv"), "id,name\n1,a\n2,b\n");
        File.WriteAllText(Path.Combine(_folder.Path, "job.yaml"), "name: orders\nsource: orders.csv\ntarget: lake/\nbatch: {strategy: fixed_size}\n");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Json_lines_tell_the_run_from_start_to_end_with_the_origin_of_its_settings()
    {
        MillraceResult run = await _millrace.RunAsync("run", "job.yaml", "--log-format", "json");

        Assert.Equal(0, run.ExitCode);
        JsonNode[] events = [.. run.Errors.Split('\n').Where(l => l.StartsWith('{')).Select(l => JsonNode.Parse(l)!)];
        Assert.Equal(["run_started", "attempt_started", "epoch_committed", "run_ended"], events.Select(e => (string)e["event"]!).Where(e => e != "note"));
        Assert.All(events, e => Assert.Equal(("orders", "default", (string?)events[0]["run"]), ((string?)e["job"], (string?)e["tenant"], (string?)e["run"])));
        Assert.Matches(@"fixed_size \(user\), size \d+ \(suggested\)", (string)events.Single(e => (string?)e["event"] == "attempt_started")["batching"]!);
        Assert.Equal(2, (int)events.Single(e => (string?)e["event"] == "epoch_committed")["rows"]!);
    }

    [Fact]
    public async Task A_log_file_is_appended_to_and_standard_error_stays_as_it_is()
    {
        MillraceResult quiet = await _millrace.RunAsync("run", "job.yaml");
        MillraceResult logged = await _millrace.RunAsync("run", "job.yaml", "--log-file", "logs/a.log");
        await _millrace.RunAsync("run", "job.yaml", "--log-file", "logs/a.log");

        string[] lines = await File.ReadAllLinesAsync(Path.Combine(_folder.Path, "logs", "a.log"), TestContext.Current.CancellationToken);
        Assert.Equal(2, lines.Count(l => l.Contains("run started", StringComparison.Ordinal)));
        Assert.Equal(quiet.Errors, logged.Errors);
    }

    [Fact]
    public async Task A_level_leaves_out_what_is_less()
    {
        MillraceResult run = await _millrace.RunAsync("run", "job.yaml", "--log-level", "warning", "--log-file", "a.log");

        Assert.Equal((0, ""), (run.ExitCode, await File.ReadAllTextAsync(Path.Combine(_folder.Path, "a.log"), TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task A_log_file_that_cannot_be_opened_is_an_error_before_anything_runs()
    {
        MillraceResult run = await _millrace.RunAsync("run", "job.yaml", "--log-file", "orders.csv/a.log");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("MR1902", run.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "lake")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Libraries_of_logging_and_telemetry_are_loaded_only_when_they_are_asked_for(bool asked)
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder.Path, "follow.yaml"),
            "name: orders\nsource: {connector: files, path: orders.csv, mode: incremental, follow: true}\ntarget: {connector: files, path: lake/, format: csv}\nbatch: {strategy: low_latency}\n",
            TestContext.Current.CancellationToken);
        using Process process = _millrace.Start(["run", "follow.yaml", .. asked ? (string[])["--log-file", "a.log", "--otlp", $"http://127.0.0.1:{OtlpReceiver.FreePort()}"] : []]);
        string lake = Path.Combine(_folder.Path, "lake");
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!process.HasExited && !(Directory.Exists(lake) && Directory.GetFiles(lake, "*.csv").Length > 0))
        {
            await look.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        string maps = await File.ReadAllTextAsync($"/proc/{process.Id}/maps", TestContext.Current.CancellationToken);
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Contains("/Millrace.Runtime.dll", maps, StringComparison.Ordinal);
        Assert.Equal(asked, maps.Contains("/Microsoft.Extensions.Logging.Abstractions.dll", StringComparison.Ordinal));
        Assert.Equal(asked, maps.Contains("/OpenTelemetry", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_commands_of_the_guide_work()
    {
        using var collector = new OtlpReceiver();
        string guide = await File.ReadAllTextAsync(Path.Combine(GoldenFile.Root(), "docs", "guides", "observability.md"), TestContext.Current.CancellationToken);
        string[] commands = [.. CommandBlock().Matches(guide).SelectMany(m => m.Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries))];
        Assert.True(commands.Length >= 5);
        foreach (string command in commands)
        {
            string[] words = command.Replace("http://localhost:4318", collector.Url, StringComparison.Ordinal).Split(' ');
            int program = Array.IndexOf(words, "millrace");
            _millrace.Environment.Clear();
            foreach (string[] variable in words.Take(program).Select(w => w.Split('=', 2)))
            {
                _millrace.Environment[variable[0]] = variable[1];
            }

            MillraceResult result = await _millrace.RunAsync(words[(program + 1)..]);
            Assert.True(result.ExitCode == 0, $"{command}: {result.Errors}");
        }

        Assert.Equal(2, collector.Spans.Count(s => s.Text(5) == "millrace.run"));
        Assert.NotEmpty(await File.ReadAllLinesAsync(Path.Combine(_folder.Path, "logs", "millrace.jsonl"), TestContext.Current.CancellationToken));
    }

    [GeneratedRegex("^```bash\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CommandBlock();
}
