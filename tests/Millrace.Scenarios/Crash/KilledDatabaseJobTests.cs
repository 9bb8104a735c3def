using System.Diagnostics;
using System.Globalization;
using Millrace.Scenarios.Cli;

namespace Millrace.Scenarios.Crash;

/// <summary>
/// Files go into a table of a real server while the program, or its session on the server, is killed at random moments; at the
/// end the server's own client finds every row once. <c>MILLRACE_KILLS=n</c> sets how often, <c>MILLRACE_SEED=n</c> another seed.
/// </summary>
public abstract class KilledDatabaseJobTests : IDisposable
{
    protected const int RowsPerEpoch = 400;
    protected const int Backlog = 6000;

    private readonly string _table;

    /// <param name="server">The server.</param>
    /// <param name="connector">Name of its connector.</param>
    /// <param name="table">The table, as the connector's options name it, which is also its name in SQL.</param>
    protected KilledDatabaseJobTests(DatabaseTestServer server, string connector, string table)
    {
        Server = server;
        Connector = connector;
        _table = table;
        Database = server.NewDatabase();
        Millrace = new MillraceProcess(Folder.Path) { Patience = TimeSpan.FromMinutes(2 + (KillPlan.Kills / 20.0)) };
        Inbox = new GrowingInbox(Folder["inbox"], Random);
    }

    protected DatabaseTestServer Server { get; }

    protected string Connector { get; }

    protected string Database { get; }

    protected TempFolder Folder { get; } = new(inMemory: true);

    protected Random Random { get; } = new(KillPlan.Seed);

    private protected MillraceProcess Millrace { get; }

    private protected GrowingInbox Inbox { get; }

    /// <summary>Options of a source or target of the database.</summary>
    protected string Options => string.Create(CultureInfo.InvariantCulture, $"connector: {Connector}, host: 127.0.0.1, port: {Server.Port}, database: {Database}, user: {DatabaseTestServer.User}");

    /// <summary>SQL for each row of the table as a line of CSV.</summary>
    protected abstract string Lines { get; }

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("append")]
    [InlineData("merge, key: id")]
    public async Task A_table_has_every_row_once_after_the_program_was_killed(string write)
    {
        WriteJob(write);
        var killer = new RandomKiller(Random, Traces);
        Inbox.AddFile(Backlog);
        while (killer.Kills < KillPlan.Kills)
        {
            Inbox.AddFile(Random.Next(1, Backlog));
            using Process process = Random.Next(2) == 0 ? Millrace.Start("run", "job.yaml", "--follow") : Millrace.Start("run", "job.yaml");
            await killer.KillAsync(process, whileRunning: () => Inbox.Append(Random.Next(1, 300)));
        }

        await FinishAsync($"{write}: {killer.Kills} kills in {killer.Runs} runs, {killer.Writing} of them while it wrote");
    }

    [Fact]
    public async Task A_table_has_every_row_once_after_sessions_were_ended_by_the_server()
    {
        WriteJob("append");
        Inbox.AddFile(Backlog);
        int ended = 0;
        using Process process = Millrace.Start("run", "job.yaml", "--follow");
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        while (ended < KillPlan.Kills && !process.HasExited)
        {
            Inbox.AddFile(Random.Next(1, Backlog / 10));
            await Task.WhenAny(process.WaitForExitAsync(TestContext.Current.CancellationToken), Task.Delay(Random.Next(1, 150), TestContext.Current.CancellationToken));
            ended += EndSessions();
        }

        Assert.False(process.HasExited, process.HasExited ? await errors : "");
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await FinishAsync($"{ended} sessions ended");
    }

    protected async Task FinishAsync(string what)
    {
        Inbox.Finish();
        MillraceResult last = await Millrace.RunAsync("run", "job.yaml", "--json");
        Assert.True(last.ExitCode == 0, last.Errors + last.Output);
        await File.WriteAllTextAsync(Folder["all.csv"], "id,name\n" + Server.Sql(Database, Lines), TestContext.Current.CancellationToken);
        string? fault = RowOracle.Fault(Folder["all.csv"], Inbox.Rows);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}, {Inbox.Rows} rows, {fault ?? "0 lost, 0 doubled"}"));
        Assert.True(fault is null, $"seed {KillPlan.Seed}, {what}: {fault}");
    }

    protected void WriteJob(string write) => Folder.Write("job.yaml", $$"""
        name: inbox
        source: {connector: files, path: inbox/*.csv, mode: incremental, poll: 20ms, settle_time: 1h}
        target: { {{Options}}, table: {{_table}}, write: {{write}} }
        batch: {strategy: fixed_size, size: {{RowsPerEpoch}}, max_wait: 50ms}
        failure: {retry: {attempts: 50, initial_delay: 10ms, max_delay: 100ms} }
        threads: 2
        """);

    /// <summary>Ends the program's sessions; how many there were.</summary>
    protected abstract int EndSessions();

    /// <summary>Changes when the program writes.</summary>
    protected abstract string Traces();
}
