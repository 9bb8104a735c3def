using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Millrace.Bench.Peers;

/// <summary>Changes of a table of PostgreSQL: a backlog of them, against pg_recvlogical, and how old rows are when they arrive.</summary>
internal static class PostgresChangesWorkload
{
    private const long DefaultChanges = 1_000_000;

    // Of a transaction: inserts, then updates and deletes of rows of its own.
    private const int Inserts = 600;
    private const int Updates = 300;
    private const int Deletes = 100;
    private const int Changes = Inserts + Updates + Deletes;

    private static readonly TimeSpan Load = TimeSpan.FromSeconds(20);

    public static void Run(BenchOptions options)
    {
        string folder = Path.Combine(Folders.Data, "postgres-changes");
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        long transactions = Math.Max(1, (options.Rows ?? DefaultChanges) / Changes);
        Backlog("to Parquet", folder, "{connector: files, path: changes/, format: parquet, write: append}", transactions, options.Pairs, (_, rows) => RequireFiles(folder, rows));
        Backlog("merged into a table", folder, "{location: \"$LOCATION\", table: public.copy, write: merge, key: id}", transactions, options.Pairs, (server, _) => RequireTable(server));
        Age(folder);
        Directory.Delete(folder, recursive: true);
    }

    // Each side has a slot of its own. The first turn tells how much log there is.
    private static void Backlog(string title, string folder, string target, long transactions, int pairs, Action<PostgresPeer, long> check)
    {
        using var server = new PostgresPeer(isLogical: true);
        Prepare(server);
        string job = Write(folder, server, "backlog-" + title.Split(' ')[0], target, follow: false);
        MillraceProgram.Run("run", job);
        server.Psql("CREATE PUBLICATION theirs FOR TABLE source");
        server.Ask("SELECT pg_create_logical_replication_slot('theirs', 'pgoutput')");
        long first = 0;
        string end = server.Ask("SELECT pg_current_wal_lsn()");
        string start = end;
        Ours();
        Theirs();
        long bytes = long.Parse(server.Ask($"SELECT '{end}'::pg_lsn - '{start}'::pg_lsn"), CultureInfo.InvariantCulture);
        Comparison.Print($"postgres-changes, {title}", transactions * Changes, bytes, pairs, "pg_recvlogical", 0, Ours, Theirs);
        check(server, first);

        Measurement Ours()
        {
            server.Psql(Work(first, transactions));
            first += transactions * Inserts;
            end = server.Ask("SELECT pg_current_wal_lsn()");
            ChildRun run = MillraceProgram.Run("run", job, "--json");
            return new Measurement(run.Seconds, run, JsonDocument.Parse(run.Output).RootElement.GetProperty("rows").GetRawText());
        }

        Measurement Theirs()
        {
            // What it takes it does not count; its slot tells whether it took all.
            ChildRun run = server.Receive("theirs", "theirs", end);
            return new Measurement(run.Seconds, run, server.Ask($"SELECT {transactions * Changes} FROM pg_replication_slots WHERE slot_name = 'theirs' AND confirmed_flush_lsn >= '{end}'"));
        }
    }

    // The age of the newest row that the target shows, asked behind each of the transactions that come one after the other.
    private static void Age(string folder)
    {
        using var server = new PostgresPeer(isLogical: true);
        Prepare(server);
        string job = Write(folder, server, "follow", "{location: \"$LOCATION\", table: public.copy, write: merge, key: id}", follow: true);
        using Process follower = Process.Start(new ProcessStartInfo(MillraceProgram.Path, ["run", job]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        try
        {
            var ages = new List<double>();
            long first = 0;
            var watch = Stopwatch.StartNew();
            while (watch.Elapsed < Load)
            {
                server.Psql(Work(first, 1));
                first += Inserts;
                if (watch.Elapsed > Load / 4 && double.TryParse(server.Ask("SELECT extract(epoch FROM clock_timestamp() - max(at)) * 1000 FROM copy"), CultureInfo.InvariantCulture, out double age))
                {
                    ages.Add(age);
                }
            }

            ages.Sort();
            double rate = first / Inserts * Changes / watch.Elapsed.TotalSeconds;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"postgres-changes, followed into a table: {rate:N0} changes a second, the newest row is {ages[ages.Count / 2]:0} ms old (median of {ages.Count}), at most {ages[^1]:0} ms; {follower.WorkingSet64 / 1e6:0} MB"));
        }
        finally
        {
            follower.Kill();
            follower.WaitForExit();
        }
    }

    private static void Prepare(PostgresPeer server)
        => server.Psql("CREATE TABLE source (id bigint PRIMARY KEY, v bigint NOT NULL, amount numeric(12,2), note text, at timestamptz NOT NULL)");

    private static string Work(long first, long transactions) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        DO $$ DECLARE low bigint := {first}; BEGIN FOR t IN 1..{transactions} LOOP
        INSERT INTO source SELECT i, 0, (i % 100000) / 100.0, 'note ' || i, clock_timestamp() FROM generate_series(low, low + {Inserts - 1}) i;
        UPDATE source SET v = v + 1, at = clock_timestamp() WHERE id >= low AND id < low + {Updates};
        DELETE FROM source WHERE id >= low + {Inserts - Deletes} AND id < low + {Inserts};
        low := low + {Inserts}; COMMIT; END LOOP; END $$
        """);

    private static string Write(string folder, PostgresPeer server, string name, string target, bool follow)
    {
        string job = Path.Combine(folder, name + ".yaml");
        File.WriteAllText(job, $"name: {name}\nsource: {{location: \"{server.Location}\", stream: public.source, mode: cdc{(follow ? ", follow: true" : "")}}}\ntarget: {target.Replace("$LOCATION", server.Location, StringComparison.Ordinal)}\n");
        return job;
    }

    private static void RequireFiles(string folder, long inserted)
        => Require("the files hold every change", DuckDb.Query($"SELECT {inserted / Inserts * Changes}::bigint AS n, {inserted}::bigint AS ids"), DuckDb.Query($"SELECT count(*) AS n, count(DISTINCT id) AS ids FROM read_parquet('{folder}/changes/*.parquet')"));

    private static void RequireTable(PostgresPeer server)
    {
        const string sums = "count(*), sum(id), sum(v), max(note)";
        Require("the table is its source", server.Ask($"SELECT {sums} FROM source"), server.Ask($"SELECT {sums} FROM copy"));
    }

    private static void Require(string fact, string expected, string found)
        => Console.WriteLine(found == expected ? $"  {fact}" : throw new InvalidOperationException($"The rows differ: {found}, expected {expected}"));
}
