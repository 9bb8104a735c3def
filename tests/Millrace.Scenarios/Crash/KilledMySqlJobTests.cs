using System.Diagnostics;
using System.Globalization;
using Millrace.Scenarios.Cli;

namespace Millrace.Scenarios.Crash;

/// <summary>
/// Files go into a table of a MariaDB server, and a table into files, while the program, or its session on the server, is killed
/// at random moments; at the end the server's own client finds every row once. <c>MILLRACE_KILLS=n</c> sets how often,
/// <c>MILLRACE_SEED=n</c> another seed.
/// </summary>
[Trait("speed", "slow")]
public sealed class KilledMySqlJobTests : IDisposable
{
    private const int RowsPerEpoch = 400;
    private const int Backlog = 6000;

    private readonly MariaDbTestServer _server = MariaDbTestServer.Demand();
    private readonly string _database;
    private readonly TempFolder _folder = new(inMemory: true);
    private readonly Random _random = new(KillPlan.Seed);
    private readonly MillraceProcess _millrace;
    private readonly GrowingInbox _inbox;

    public KilledMySqlJobTests()
    {
        _database = _server.NewDatabase();
        _millrace = new MillraceProcess(_folder.Path) { Patience = TimeSpan.FromMinutes(2 + (KillPlan.Kills / 20.0)) };
        _inbox = new GrowingInbox(_folder["inbox"], _random);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("append")]
    [InlineData("merge, key: id")]
    public async Task A_table_has_every_row_once_after_the_program_was_killed(string write)
    {
        WriteJob(write);
        var killer = new RandomKiller(_random, Traces);
        _inbox.AddFile(Backlog);
        while (killer.Kills < KillPlan.Kills)
        {
            _inbox.AddFile(_random.Next(1, Backlog));
            using Process process = _random.Next(2) == 0 ? _millrace.Start("run", "job.yaml", "--follow") : _millrace.Start("run", "job.yaml");
            await killer.KillAsync(process, whileRunning: () => _inbox.Append(_random.Next(1, 300)));
        }

        await FinishAsync($"{write}: {killer.Kills} kills in {killer.Runs} runs, {killer.Writing} of them while it wrote");
    }

    [Fact]
    public async Task A_table_has_every_row_once_after_sessions_were_ended_by_the_server()
    {
        WriteJob("append");
        _inbox.AddFile(Backlog);
        int ended = 0;
        using Process process = _millrace.Start("run", "job.yaml", "--follow");
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        while (ended < KillPlan.Kills && !process.HasExited)
        {
            _inbox.AddFile(_random.Next(1, Backlog / 10));
            await Task.WhenAny(process.WaitForExitAsync(TestContext.Current.CancellationToken), Task.Delay(_random.Next(1, 150), TestContext.Current.CancellationToken));
            foreach (string id in _server.Sql(_database, $"SELECT id FROM information_schema.PROCESSLIST WHERE db = '{_database}' AND id <> CONNECTION_ID()").Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                try
                {
                    _server.Sql(_database, $"KILL {id}");
                    ended++;
                }
                catch (InvalidOperationException)
                {
                    // It had ended by itself.
                }
            }
        }

        Assert.False(process.HasExited, process.HasExited ? await errors : "");
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await FinishAsync($"{ended} sessions ended");
    }

    [Fact]
    public async Task Files_have_every_row_of_a_table_once_after_the_program_was_killed()
    {
        _server.Sql(_database, "CREATE TABLE inbox (id int PRIMARY KEY, name varchar(40)) ENGINE = InnoDB");
        _folder.Write("job.yaml", $$"""
            name: outbox
            source: {connector: mysql, host: 127.0.0.1, port: {{_server.Port}}, database: {{_database}}, user: {{DatabaseTestServer.User}}, table: inbox, mode: incremental, cursor: id}
            target: {connector: files, path: out/, format: csv, write: append}
            batch: {strategy: fixed_size, size: {{RowsPerEpoch}}, max_wait: 50ms}
            failure: {retry: {attempts: 50, initial_delay: 10ms, max_delay: 100ms} }
            """);
        int rows = 0;
        void Add(int count)
        {
            _server.Sql(_database, string.Create(CultureInfo.InvariantCulture, $"INSERT INTO inbox SELECT seq, CONCAT('row ', seq) FROM seq_{rows + 1}_to_{rows + count}"));
            rows += count;
        }

        Add(Backlog);
        var killer = new RandomKiller(_random, () => string.Join("|", Directory.Exists(_folder["out"]) ? Directory.EnumerateFiles(_folder["out"], "*", SearchOption.AllDirectories).Count().ToString(CultureInfo.InvariantCulture) : ""));
        while (killer.Kills < KillPlan.Kills)
        {
            Add(_random.Next(1, Backlog));
            using Process process = _millrace.Start("run", "job.yaml");
            await killer.KillAsync(process, whileRunning: () => Add(_random.Next(1, 300)));
        }

        MillraceResult last = await _millrace.RunAsync("run", "job.yaml");
        Assert.True(last.ExitCode == 0, last.Errors + last.Output);
        string[] read = [.. Directory.EnumerateFiles(_folder["out"], "*.csv", SearchOption.AllDirectories).SelectMany(f => File.ReadLines(f).Skip(1)).Select(l => l.Split(',')[0])];
        Assert.Equal(rows, read.Length);
        Assert.Equal(rows, read.Distinct().Count());
    }

    private async Task FinishAsync(string what)
    {
        _inbox.Finish();
        MillraceResult last = await _millrace.RunAsync("run", "job.yaml", "--json");
        Assert.True(last.ExitCode == 0, last.Errors + last.Output);
        await File.WriteAllTextAsync(_folder["all.csv"], "id,name\n" + _server.Sql(_database, "SELECT CONCAT(id, ',', name) FROM inbox"), TestContext.Current.CancellationToken);
        string? fault = RowOracle.Fault(_folder["all.csv"], _inbox.Rows);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}, {_inbox.Rows} rows, {fault ?? "0 lost, 0 doubled"}"));
        Assert.True(fault is null, $"seed {KillPlan.Seed}, {what}: {fault}");
    }

    private void WriteJob(string write) => _folder.Write("job.yaml", $$"""
        name: inbox
        source: {connector: files, path: inbox/*.csv, mode: incremental, poll: 20ms, settle_time: 1h}
        target: {connector: mysql, host: 127.0.0.1, port: {{_server.Port}}, database: {{_database}}, user: {{DatabaseTestServer.User}}, table: inbox, write: {{write}}}
        batch: {strategy: fixed_size, size: {{RowsPerEpoch}}, max_wait: 50ms}
        failure: {retry: {attempts: 50, initial_delay: 10ms, max_delay: 100ms} }
        threads: 2
        """);

    // Changes when the program writes.
    private string Traces() => _server.Sql(_database, "SHOW TABLES LIKE '\\_millrace\\_checkpoint'").Length > 0
        ? _server.Sql(_database, "SELECT max(epoch) FROM _millrace_checkpoint")
        : "";
}
