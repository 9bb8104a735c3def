using System.Diagnostics;
using System.Globalization;
using Millrace.Scenarios.Cli;

namespace Millrace.Scenarios.Crash;

/// <summary>Jobs that write into a server of MariaDB, and read from one.</summary>
[Trait("speed", "slow")]
public sealed class KilledMySqlJobTests() : KilledDatabaseJobTests(MariaDbTestServer.Demand(), "mysql", "inbox")
{
    protected override string Lines => "SELECT CONCAT(id, ',', name) FROM inbox";

    [Fact]
    public async Task Files_have_every_row_of_a_table_once_after_the_program_was_killed()
    {
        Server.Sql(Database, "CREATE TABLE inbox (id int PRIMARY KEY, name varchar(40)) ENGINE = InnoDB");
        Folder.Write("job.yaml", $$"""
            name: outbox
            source: { {{Options}}, table: inbox, mode: incremental, cursor: id}
            target: {connector: files, path: out/, format: csv, write: append}
            batch: {strategy: fixed_size, size: {{RowsPerEpoch}}, max_wait: 50ms}
            failure: {retry: {attempts: 50, initial_delay: 10ms, max_delay: 100ms} }
            """);
        int rows = 0;
        void Add(int count)
        {
            Server.Sql(Database, string.Create(CultureInfo.InvariantCulture, $"INSERT INTO inbox SELECT seq, CONCAT('row ', seq) FROM seq_{rows + 1}_to_{rows + count}"));
            rows += count;
        }

        Add(Backlog);
        var killer = new RandomKiller(Random, () => string.Join("|", Directory.Exists(Folder["out"]) ? Directory.EnumerateFiles(Folder["out"], "*", SearchOption.AllDirectories).Count().ToString(CultureInfo.InvariantCulture) : ""));
        while (killer.Kills < KillPlan.Kills)
        {
            Add(Random.Next(1, Backlog));
            using Process process = Millrace.Start("run", "job.yaml");
            await killer.KillAsync(process, whileRunning: () => Add(Random.Next(1, 300)));
        }

        MillraceResult last = await Millrace.RunAsync("run", "job.yaml");
        Assert.True(last.ExitCode == 0, last.Errors + last.Output);
        string[] read = [.. Directory.EnumerateFiles(Folder["out"], "*.csv", SearchOption.AllDirectories).SelectMany(f => File.ReadLines(f).Skip(1)).Select(l => l.Split(',')[0])];
        Assert.Equal(rows, read.Length);
        Assert.Equal(rows, read.Distinct().Count());
    }

    protected override int EndSessions()
    {
        int ended = 0;
        foreach (string id in Server.Sql(Database, $"SELECT id FROM information_schema.PROCESSLIST WHERE db = '{Database}' AND id <> CONNECTION_ID()").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                Server.Sql(Database, $"KILL {id}");
                ended++;
            }
            catch (InvalidOperationException)
            {
                // It had ended by itself.
            }
        }

        return ended;
    }

    protected override string Traces() => Server.Sql(Database, "SHOW TABLES LIKE '\\_millrace\\_checkpoint'").Length > 0
        ? Server.Sql(Database, "SELECT max(epoch) FROM _millrace_checkpoint")
        : "";
}
