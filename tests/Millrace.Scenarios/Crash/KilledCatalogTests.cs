using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Millrace.Scenarios.Cli;

namespace Millrace.Scenarios.Crash;

/// <summary>
/// The server of a catalog is killed, stays away and comes back while jobs write and read a table of it. The jobs are not: they say what
/// is wrong, wait, and go on. <c>MILLRACE_KILLS=n</c> sets how often, <c>MILLRACE_SEED=n</c> another seed.
/// </summary>
[Trait("speed", "slow")]
public sealed class KilledCatalogTests : IDisposable
{
    private const int Backlog = 2000;

    private static readonly int Kills = Environment.GetEnvironmentVariable("MILLRACE_KILLS") is null ? 2 : KillPlan.Kills;

    private readonly TempFolder _folder = new(inMemory: true);
    private readonly Random _random = new(KillPlan.Seed);
    private readonly MillraceProcess _millrace;

    public KilledCatalogTests() => _millrace = new MillraceProcess(_folder.Path) { Patience = TimeSpan.FromMinutes(2 + (KillPlan.Kills / 20.0)) };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("rest")]
    [InlineData("sql")]
    public async Task Jobs_wait_for_their_catalog_and_every_row_arrives_once(string kind)
    {
        LastingCatalog catalog = await LastingCatalog.OpenAsync(kind, _folder);
        var inbox = new GrowingInbox(_folder["inbox"], _random);
        const string retry = "failure: {retry: {attempts: 1000, initial_delay: 10ms, max_delay: 100ms, jitter: none} }";
        _folder.Write("in.yaml", $$"""
            name: in
            source: {connector: files, path: inbox/*.csv, mode: incremental, poll: 20ms, settle_time: 1h}
            target: {connector: iceberg, catalog: {{catalog.Options}}, table: raw.rows, write: append}
            batch: {strategy: fixed_size, size: 200, max_wait: 50ms}
            {{retry}}
            """);
        _folder.Write("out.yaml", $$"""
            name: out
            source: {connector: iceberg, catalog: {{catalog.Options}}, table: raw.rows, mode: incremental, poll: 50ms}
            target: {connector: files, path: out/, format: csv}
            {{retry}}
            """);
        inbox.AddFile(10);
        await RunAsync("run", "in.yaml");
        using (var writer = new Running(_millrace.Start("run", "in.yaml", "--follow", "--json")))
        using (var reader = new Running(_millrace.Start("run", "out.yaml", "--follow", "--json")))
        {
            for (int kill = 0; kill < Kills; kill++)
            {
                // While it commits a backlog, or between two commits.
                inbox.AddFile(Backlog);
                await Task.Delay(_random.Next(1, 400), Cancellation);
                catalog.Kill();
                inbox.AddFile(_random.Next(1, Backlog));
                inbox.Append(_random.Next(1, 300));
                await writer.SaysAsync("MR3463", "MR3412");
                await reader.SaysAsync("MR3463", "MR3412");
                string before = RandomKiller.Names(_folder["lake"]);
                catalog.Start();
                await writer.UntilAsync(() => RandomKiller.Names(_folder["lake"]) != before);
            }

            await writer.StopAsync();
            await reader.StopAsync();
        }

        inbox.Finish();
        await RunAsync("run", "in.yaml");
        await RunAsync("run", "out.yaml");
        await RunAsync("copy", catalog.LineAddress, "all.csv");
        await RunAsync("copy", "out/*.csv", "read.csv");
        foreach (string file in new[] { "all.csv", "read.csv" })
        {
            string? fault = RowOracle.Fault(_folder[file], inbox.Rows);
            Assert.True(fault is null, $"seed {KillPlan.Seed}, {kind}, {file}: {fault}");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{kind}: {Kills} kills of the catalog, {inbox.Rows} rows: 0 lost, 0 doubled");
    }

    [Theory]
    [InlineData("rest")]
    [InlineData("sql")]
    public async Task A_job_without_retries_names_the_catalog_that_is_down(string kind)
    {
        LastingCatalog catalog = await LastingCatalog.OpenAsync(kind, _folder);
        File.WriteAllText(_folder["rows.csv"], "id,name\n0,name 0\n");
        _folder.Write("job.yaml", $"name: job\nsource: rows.csv\ntarget: {{connector: iceberg, catalog: {catalog.Options}, table: raw.rows, write: append}}\n");
        catalog.Kill();
        MillraceResult failed = await _millrace.RunAsync("run", "job.yaml", "--json");
        JsonNode error = failed.Json[^1]["error"]!;
        Assert.Equal((2, "MR3463", "retryable"), (failed.ExitCode, (string?)error["code"], (string?)error["class"]));
        Assert.Contains("127.0.0.1:", (string?)error["message"], StringComparison.Ordinal);
        Assert.Contains("run again when it is back", (string?)error["hint"], StringComparison.Ordinal);
        Assert.Equal(2, (await _millrace.RunAsync("preview", catalog.LineAddress)).ExitCode);

        catalog.Start();
        await RunAsync("run", "job.yaml");
        await RunAsync("copy", catalog.LineAddress, "all.csv");
        Assert.Null(RowOracle.Fault(_folder["all.csv"], 1));
    }

    [Fact]
    public async Task Requests_that_go_wrong_in_any_way_make_other_attempts_and_no_second_row()
    {
        const int rows = 120;
        IcebergRestServer server = IcebergRestServer.DemandOwn();
        string warehouse = await server.NewWarehouseAsync(_folder["lake"], new { token = true });
        string catalog = $"{{type: rest, uri: \"{server.Address}\", warehouse: \"{warehouse}\", retries: 1, credential: \"{IcebergRestServer.Credential}\"}}";
        File.WriteAllText(_folder["rows.csv"], $"id,name\n{string.Concat(Enumerable.Range(0, rows).Select(i => $"{i},{GrowingInbox.Name(i)}\n"))}");
        _folder.Write("job.yaml", $$"""
            name: job
            source: rows.csv
            target: {connector: iceberg, catalog: {{catalog}}, table: raw.rows, write: append}
            batch: {strategy: fixed_size, size: 10}
            failure: {retry: {attempts: 5, initial_delay: 10ms, max_delay: 20ms, jitter: none} }
            """);
        string table = $" /v1/{Uri.EscapeDataString(warehouse)}/namespaces/raw/tables/rows";

        // The client sends a request twice, and the job tries again.
        await server.FailAsync($"GET{table}", "before", 503, count: 3);
        await server.FailAsync($"GET{table}", "before", 503, count: 3, skip: 2);
        foreach ((string kind, int status, int count) in new[] { ("before", 503, 3), ("after", 504, 3), ("before", 429, 3), ("cut", 0, 3), ("page", 502, 3), ("after", 500, 1), ("expire", 0, 1) })
        {
            await server.FailAsync($"POST{table}", kind, status, count, skip: 1);
        }

        MillraceResult result = await _millrace.RunAsync("run", "job.yaml", "--json");
        Assert.True(result.ExitCode == 0, result.Errors + result.Output);
        Assert.True((int?)result.Json[^1]["retries"] > 2, result.Output);
        Assert.Equal(0, await server.FaultsLeftAsync());
        _folder.Write("all.yaml", $"name: all\nsource: {{connector: iceberg, catalog: {catalog}, table: raw.rows}}\ntarget: all.csv\n");
        await RunAsync("run", "all.yaml");
        Assert.Null(RowOracle.Fault(_folder["all.csv"], rows));
    }

    private async Task RunAsync(params string[] arguments)
    {
        MillraceResult result = await _millrace.RunAsync(arguments);
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', arguments)}: {result.Errors}{result.Output}");
    }

    /// <summary>A job that follows its source, and what it says meanwhile.</summary>
    private sealed class Running : IDisposable
    {
        private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

        private readonly Process _process;
        private readonly ConcurrentQueue<string> _said = new();

        public Running(Process process)
        {
            _process = process;
            process.ErrorDataReceived += (_, line) => _said.Enqueue(line.Data ?? "");
            process.BeginErrorReadLine();
            process.OutputDataReceived += (_, line) => _said.Enqueue(line.Data ?? "");
            process.BeginOutputReadLine();
        }

        /// <summary>Waits until the job has said one of the texts since the last call.</summary>
        public Task SaysAsync(params string[] texts)
        {
            _said.Clear();
            return UntilAsync(() => _said.Any(line => Array.Exists(texts, t => line.Contains(t, StringComparison.Ordinal))));
        }

        public async Task UntilAsync(Func<bool> holds)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            limit.CancelAfter(Patience);
            while (!holds())
            {
                Assert.False(_process.HasExited, $"ended: {string.Join('\n', _said)}");
                await Task.Delay(10, limit.Token);
            }
        }

        public async Task StopAsync()
        {
            MillraceProcess.Interrupt(_process);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            limit.CancelAfter(Patience);
            await _process.WaitForExitAsync(limit.Token);
        }

        public void Dispose()
        {
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
            }

            _process.Dispose();
        }
    }
}
