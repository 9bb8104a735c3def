using System.Diagnostics;
using System.Globalization;
using Millrace.Connectors.Postgres;
using Millrace.Runtime;

namespace Millrace.Connectors.Tests.Postgres.Changes;

/// <summary>Changes of one table merged into another: the target is the source again.</summary>
[Trait("speed", "slow")]
public sealed class ChangeMergeTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly PostgresTestServer _server = PostgresTestServer.Demand();
    private readonly string _source;
    private readonly string _target;

    public ChangeMergeTests()
    {
        _source = _server.NewDatabase();
        _target = _server.NewDatabase();
    }

    // What stays makes the server keep all its log.
    public void Dispose() => Sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database() AND NOT active");

    [Fact]
    public async Task Long_values_that_were_not_sent_stay_also_in_rows_whose_key_changes_and_changes_again()
    {
        Sql("CREATE TABLE public.t (id int PRIMARY KEY, v int, long text NOT NULL, more bytea); ALTER TABLE public.t ALTER long SET STORAGE EXTERNAL, ALTER more SET STORAGE EXTERNAL");
        Sql("INSERT INTO public.t SELECT i, i, repeat(i::text, 3000), decode(repeat('a' || i, 3000), 'hex') FROM generate_series(1, 9) i");
        await RunAsync();
        Sql("UPDATE public.t SET v = v + 100; UPDATE public.t SET v = v + 100 WHERE id < 3");
        Sql("UPDATE public.t SET id = 101 WHERE id = 1; UPDATE public.t SET id = 201 WHERE id = 101; UPDATE public.t SET v = 0 WHERE id = 201");
        Sql("BEGIN; DELETE FROM public.t WHERE id = 4; UPDATE public.t SET v = 5 WHERE id = 5; COMMIT");
        Sql("UPDATE public.t SET long = repeat('new', 2000) WHERE id = 6; UPDATE public.t SET id = 106 WHERE id = 6; UPDATE public.t SET id = 6 WHERE id = 106");
        Sql("DELETE FROM public.t WHERE id = 7; INSERT INTO public.t VALUES (7, 7, repeat('again', 2000), NULL); UPDATE public.t SET v = 77 WHERE id = 7");
        Sql("UPDATE public.t SET id = 4 WHERE id = 8; UPDATE public.t SET more = NULL WHERE id = 4");
        await RunAsync();

        AssertSame();
        Assert.Equal("id|v|long|more", TargetSql("SELECT string_agg(attname, '|' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'public.t'::regclass AND attnum > 0"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_target_equals_the_source_after_every_run_whatever_was_written(int seed)
    {
        var random = new Random(seed);
        Sql("CREATE TABLE public.t (id int PRIMARY KEY, v int, long text); ALTER TABLE public.t ALTER long SET STORAGE EXTERNAL");
        Sql("INSERT INTO public.t SELECT i, 0, repeat(i::text, 3000) FROM generate_series(1, 30) i");
        for (int run = 0; run < 12; run++)
        {
            await RunAsync();
            AssertSame();
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                Sql($"BEGIN; {string.Join("; ", Enumerable.Range(0, random.Next(1, 30)).Select(_ => Statement(random)))}; {(random.Next(5) == 0 ? "ROLLBACK" : "COMMIT")}");
            }
        }

        await RunAsync();
        AssertSame();
    }

    [Fact]
    public async Task Every_epoch_shows_the_same_sum_while_money_is_moved_all_the_time()
    {
        const int accounts = 20;
        Sql($"CREATE TABLE public.t (id int PRIMARY KEY, v int, long text); INSERT INTO public.t SELECT i, 100, '' FROM generate_series(1, {accounts}) i");
        using var stop = new CancellationTokenSource();
        Task writing = Task.Run(() =>
        {
            var random = new Random(7);
            while (!stop.IsCancellationRequested)
            {
                Sql(string.Join("; ", Enumerable.Range(0, 20).Select(_ => Transfer(random, accounts))));
            }
        });

        // The table and the sum are those of one epoch each time they are read.
        var sums = new HashSet<string>();
        using var end = new CancellationTokenSource();
        Task<RunSummary> run = RunAsync(follows: true, end.Token);
        var watch = Stopwatch.StartNew();
        for (int looks = 0; !run.IsCompleted && watch.Elapsed < Patience && (looks < 60 || int.Parse(Target("_millrace.checkpoint", "max(epoch)"), CultureInfo.InvariantCulture) < 4); looks++)
        {
            string sum = Target("public.t", "sum(v)");
            sums.Add(sum);
        }

        await stop.CancelAsync();
        await writing;
        await end.CancelAsync();
        RunSummary summary = await run;
        Assert.Null(summary.Error);
        Assert.True(summary.Epochs > 2, $"{summary.Epochs} epochs");
        await RunAsync();
        AssertSame();
        sums.Remove("0");
        Assert.Equal([(accounts * 100).ToString(CultureInfo.InvariantCulture)], sums);
    }

    // A figure of a table of the target; 0 while the table is not there or empty.
    private string Target(string table, string figure)
        => TargetSql($"SELECT CASE WHEN to_regclass('{table}') IS NULL THEN '0' ELSE (xpath('//f/text()', query_to_xml('SELECT coalesce({figure}, 0) AS f FROM {table}', false, true, '')))[1]::text END");

    private static string Transfer(Random random, int accounts)
    {
        int amount = random.Next(1, 10);
        return $"BEGIN; UPDATE public.t SET v = v - {amount} WHERE id = {random.Next(1, accounts + 1)}; UPDATE public.t SET v = v + {amount} WHERE id = {random.Next(1, accounts + 1)}; COMMIT";
    }

    private static string Statement(Random random)
    {
        int id = random.Next(1, 50);
        return random.Next(9) switch
        {
            0 => $"DELETE FROM public.t WHERE id = {id}",
            1 or 2 => $"UPDATE public.t SET id = {id + 1000} WHERE id = {id} AND NOT EXISTS (SELECT FROM public.t WHERE id = {id + 1000})",
            3 => $"UPDATE public.t SET long = repeat('z', {random.Next(6000)}) WHERE id = {id}",
            4 => $"UPDATE public.t SET id = id - 1000 WHERE id = {id + 1000} AND NOT EXISTS (SELECT FROM public.t WHERE id = {id})",
            5 when random.Next(20) == 0 => "TRUNCATE public.t",
            6 => $"INSERT INTO public.t VALUES ({id}, 1, repeat('{id}', 2000)) ON CONFLICT DO NOTHING",
            _ => $"UPDATE public.t SET v = v + 1 WHERE id = {id}",
        };
    }

    private async Task<RunSummary> RunAsync(bool follows = false, CancellationToken stop = default)
    {
        var pipeline = new Pipeline
        {
            Job = "merged",
            BaseDirectory = Path.GetTempPath(),
            Source = new Endpoint("postgres", new PostgresConnector(), new PostgresSourceOptions { Host = "127.0.0.1", Port = _server.Port, Database = _source, User = PostgresTestServer.User, Heartbeat = TimeSpan.FromMilliseconds(100) }),
            Sink = new Endpoint("postgres", new PostgresConnector(), new PostgresTargetOptions { Host = "127.0.0.1", Port = _server.Port, Database = _target, User = PostgresTestServer.User, Table = "public.t" }),
            Stream = "public.t",
            ReadMode = ReadMode.Cdc,
            WriteMode = WriteMode.Merge,
            Key = ["id"],
            Follows = follows,
            Batch = follows ? new BatchSpec { Strategy = BatchStrategy.TimeWindow, Window = TimeSpan.FromMilliseconds(20) } : null,
            Threads = 2,
        };
        RunSummary summary = await new PipelineRunner(pipeline).RunAsync(stop);
        Assert.True(summary.Error is null, summary.Error?.Describe());
        return summary;
    }

    private void AssertSame()
    {
        const string rows = "SELECT coalesce(string_agg(md5(t::text) || ' ' || id, E'\\n' ORDER BY id), '') FROM (SELECT * FROM public.t) t";
        Assert.Equal(Sql(rows), TargetSql(rows));
    }

    private string Sql(string sql) => _server.Sql(_source, sql);

    private string TargetSql(string sql) => _server.Sql(_target, sql);
}
