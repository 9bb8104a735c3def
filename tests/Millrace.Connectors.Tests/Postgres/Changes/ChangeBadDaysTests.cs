using System.Text.Json.Nodes;
using Millrace.Connectors.Postgres;

namespace Millrace.Connectors.Tests.Postgres.Changes;

/// <summary>What goes wrong around slots, publications, rights and tables.</summary>
[Trait("speed", "slow")]
public sealed class ChangeBadDaysTests : IDisposable
{
    private readonly PostgresTestServer _server = PostgresTestServer.Demand();
    private readonly string _database;
    private readonly ChangePulls _pulls;

    public ChangeBadDaysTests()
    {
        _database = _server.NewDatabase();
        _pulls = new ChangePulls(_server, _database);
        Sql("CREATE TABLE public.t (id int PRIMARY KEY, v text); INSERT INTO public.t VALUES (1, 'a')");
    }

    // What stays makes the server keep all its log.
    public void Dispose() => Sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database() AND NOT active");

    [Fact]
    public async Task A_slot_that_was_dropped_is_an_error_and_a_new_beginning_is_possible()
    {
        await _pulls.RunAsync();
        Sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database()");

        Assert.Equal("MR3252", (await FailAsync()).Code.Id);
        _pulls.Forget();
        Assert.Single(await _pulls.RunAsync());
    }

    // The publication is of the table that was there.
    [Theory]
    [InlineData("DROP TABLE public.t; CREATE TABLE public.t (id int PRIMARY KEY, v text)")]
    [InlineData("CREATE TABLE public.other (id int PRIMARY KEY, v text); ALTER TABLE public.t RENAME TO gone; ALTER TABLE public.other RENAME TO t")]
    public async Task Another_table_of_the_same_name_is_not_taken_for_a_quiet_one(string change)
    {
        await _pulls.RunAsync();
        Sql(change);
        Sql("INSERT INTO public.t VALUES (2, 'new')");

        Assert.Equal("MR3252", (await FailAsync()).Code.Id);
    }

    [Fact]
    public async Task A_slot_whose_log_is_gone_is_an_error_that_says_so()
    {
        PostgresTestServer server = PostgresTestServer.DemandOwn();
        string database = server.NewDatabase();
        server.Sql(database, "CREATE TABLE public.t (id int PRIMARY KEY, v text)");
        var pulls = new ChangePulls(server, database);
        await pulls.RunAsync();
        server.Sql(database, "ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'");
        server.Sql(database, "SELECT pg_reload_conf()");
        server.Sql(database, "INSERT INTO public.t SELECT i, repeat('x', 500) FROM generate_series(1, 100000) i");
        server.Sql(database, "SELECT pg_switch_wal()");
        server.Sql(database, "CHECKPOINT");
        server.Sql(database, "INSERT INTO public.t SELECT i, repeat('x', 500) FROM generate_series(100001, 200000) i");
        server.Sql(database, "CHECKPOINT");

        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => pulls.RunAsync());
        Assert.Equal("MR3252", error.Code.Id);
        Assert.Contains("max_slot_wal_keep_size", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slot_that_another_session_reads_is_waited_for_and_then_named_with_its_process()
    {
        await _pulls.RunAsync();
        await using PostgresSource other = _pulls.Open();
        await using IReadPlan plan = await other.PlanAsync(_pulls.Request(), default);
        await using ISplitReader reader = await plan.OpenAsync((await PlanReading.SplitsAsync(plan))[0], null, FailOnRowError.Instance, default);
        Assert.Null(await reader.ReadAsync(default));

        MillraceException error = await FailAsync();
        Assert.Equal("MR3253", error.Code.Id);
        Assert.Equal(ErrorClass.Retryable, error.Code.Class);
        Assert.Contains(Sql("SELECT active_pid FROM pg_replication_slots WHERE database = current_database()"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restart_of_the_server_in_the_middle_of_a_read_costs_nothing_but_the_attempt()
    {
        PostgresTestServer server = PostgresTestServer.DemandOwn();
        string database = server.NewDatabase();
        server.Sql(database, "CREATE TABLE public.t (id int PRIMARY KEY, v text)");
        var pulls = new ChangePulls(server, database) { BatchRows = 10 };
        await pulls.RunAsync();
        for (int i = 0; i < 20; i++)
        {
            server.Sql(database, $"INSERT INTO public.t SELECT i, repeat('x', 5000) FROM generate_series({i * 100}, {(i * 100) + 99}) i");
        }

        int batches = 0;
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => pulls.RunAsync(between: () =>
        {
            if (++batches == 30)
            {
                server.Restart();
            }
        }));
        Assert.Equal(ErrorClass.Retryable, error.Code.Class);
        Assert.InRange(pulls.Rows.Count, 1, 1999);
        await pulls.RunAsync();
        Assert.Equal(Enumerable.Range(0, 2000), pulls.Rows.Select(r => (int)JsonNode.Parse(r)!["id"]!));
    }

    [Fact]
    public async Task A_stream_that_falls_silent_is_given_up_and_the_next_attempt_goes_on_where_it_was()
    {
        using RoughWire wire = await ListenAsync(TimeSpan.FromSeconds(2));
        MillraceException error = await FailAsync().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal((PostgresErrors.Silent.Id, ErrorClass.Retryable), (error.Code.Id, error.Code.Class));
        Assert.Contains($"127.0.0.1:{wire.Port}: nothing came for 2 s while changes were waited for", error.Message, StringComparison.Ordinal);

        await _pulls.RunAsync();
        Assert.Equal(Enumerable.Range(1, 200), _pulls.Rows.Select(r => (int)JsonNode.Parse(r)!["id"]!));
    }

    [Fact]
    public async Task A_read_of_a_silent_stream_that_is_stopped_ends_soon_and_leaves_the_slot_free()
    {
        using RoughWire wire = await ListenAsync(TimeSpan.FromHours(1));
        using var stop = new CancellationTokenSource();
        await using (PostgresSource source = _pulls.Open())
        {
            await using IReadPlan plan = await source.PlanAsync(_pulls.Request(), default);
            await using ISplitReader reader = await plan.OpenAsync((await PlanReading.SplitsAsync(plan))[0], null, FailOnRowError.Instance, default);
            Task reading = ReadAsync(reader, stop.Token);
            await wire.Struck.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(TimeSpan.FromSeconds(30)));
        }

        string active = "";
        for (int i = 0; i < 300 && active != "f"; i++)
        {
            active = Sql("SELECT active FROM pg_replication_slots WHERE database = current_database()");
        }

        Assert.Equal("f", active);

        static async Task ReadAsync(ISplitReader reader, CancellationToken stop)
        {
            while (await reader.ReadAsync(stop) is { } read)
            {
                read.Batch.Dispose();
            }
        }
    }

    [Fact]
    public async Task Columns_that_come_and_go_and_change_their_type_come_with_the_rows_that_have_them()
    {
        await _pulls.RunAsync();
        Sql("INSERT INTO public.t VALUES (2, 'b')");
        Sql("ALTER TABLE public.t ADD COLUMN n int DEFAULT 5; INSERT INTO public.t VALUES (3, 'c', 7)");
        Sql("ALTER TABLE public.t ALTER COLUMN n TYPE bigint; INSERT INTO public.t VALUES (4, 'd', 8000000000)");
        Sql("BEGIN; INSERT INTO public.t VALUES (5, 'e', 1); ALTER TABLE public.t DROP COLUMN v; INSERT INTO public.t VALUES (6, 2); COMMIT");

        string[] rows = [.. (await _pulls.RunAsync()).Select(r => string.Join(",", JsonNode.Parse(r)!.AsObject().Where(p => p.Key[0] != '_').Select(p => $"{p.Key}={p.Value}")))];

        Assert.Equal(["id=2,v=b", "id=3,v=c,n=7", "id=4,v=d,n=8000000000", "id=5,v=e,n=1", "id=6,n=2"], rows);
        Assert.Empty(await _pulls.RunAsync());
    }

    [Fact]
    public async Task A_table_without_identity_is_refused_before_anything_is_made()
    {
        Sql("CREATE TABLE public.bare (id int)");
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => new ChangePulls(_server, _database, "public.bare").RunAsync());

        Assert.Equal("MR3251", error.Code.Id);
        Assert.Contains("ALTER TABLE \"public\".\"bare\" REPLICA IDENTITY FULL", error.Hint, StringComparison.Ordinal);
        Assert.Equal("0", Sql("SELECT count(*) FROM pg_publication"));
        Sql("ALTER TABLE public.bare REPLICA IDENTITY FULL; INSERT INTO public.bare VALUES (1)");
        var pulls = new ChangePulls(_server, _database, "public.bare");
        await pulls.RunAsync();
        Sql("UPDATE public.bare SET id = 2");
        Assert.Equal(["D 1", "U 2"], (await pulls.RunAsync()).Select(r => JsonNode.Parse(r)!).Select(r => $"{r["_op"]} {r["id"]}"));
    }

    [Fact]
    public async Task Rights_that_are_missing_are_named_with_the_statement_that_grants_them()
    {
        Sql("CREATE ROLE changes_reader LOGIN; GRANT SELECT ON public.t TO changes_reader");
        _pulls.Options = o => o with { User = "changes_reader" };
        MillraceException error = await FailAsync();
        Assert.Equal(("MR3203", true), (error.Code.Id, error.Hint!.Contains("ALTER ROLE \"changes_reader\" REPLICATION", StringComparison.Ordinal)));

        Sql("ALTER ROLE changes_reader REPLICATION");
        error = await FailAsync();
        Assert.Equal("MR3255", error.Code.Id);
        Assert.Contains("CREATE PUBLICATION", error.Hint, StringComparison.Ordinal);

        Sql("CREATE PUBLICATION shared; CREATE TABLE public.other (id int PRIMARY KEY)");
        _pulls.Options = o => o with { User = "changes_reader", Publication = "shared" };
        error = await FailAsync();
        Assert.Equal(("MR3255", "ALTER PUBLICATION \"shared\" ADD TABLE \"public\".\"t\";"), (error.Code.Id, error.Hint));

        Sql("ALTER PUBLICATION shared ADD TABLE public.t, public.other");
        Assert.Single(await _pulls.RunAsync());
        Sql("INSERT INTO public.other VALUES (1); INSERT INTO public.t VALUES (2, 'b')");
        Assert.Single(await _pulls.RunAsync());
    }

    [Fact]
    public async Task A_slot_that_the_user_names_is_never_dropped()
    {
        Sql("SELECT pg_create_logical_replication_slot('changes_mine', 'pgoutput')");
        Sql("CREATE PUBLICATION changes_mine FOR TABLE public.t; INSERT INTO public.t VALUES (2, 'b')");
        _pulls.Options = o => o with { Slot = "changes_mine" };
        Assert.Equal("MR3254", (await FailAsync()).Code.Id);

        _pulls.Options = o => o with { Slot = "changes_mine", FirstLoad = false };
        Assert.Empty(await _pulls.RunAsync());
        Sql("INSERT INTO public.t VALUES (3, 'c')");
        Assert.Contains(await _pulls.RunAsync(), r => (int)JsonNode.Parse(r)!["id"]! == 3);
        Sql("SELECT pg_drop_replication_slot('changes_mine')");
    }

    [Fact]
    public async Task A_first_read_that_dies_leaves_no_slot_and_one_without_progress_to_keep_makes_none_that_stays()
    {
        Sql("INSERT INTO public.t SELECT i, 'x' FROM generate_series(2, 50) i");
        var pulls = new ChangePulls(_server, _database) { BatchRows = 10 };
        await pulls.RunAsync(mostBatches: 2);
        Assert.Empty(pulls.Rows);
        Assert.Equal("0", Slots());

        await using (PostgresSource source = _pulls.Open())
        {
            await using IReadPlan plan = await source.PlanAsync(_pulls.Request() with { KeepsProgress = false }, default);
            Assert.Equal(50, (await PlanReading.ReadAllAsync(plan)).Count);
            Assert.Equal("1", Slots());
        }

        for (int i = 0; i < 50 && Slots() != "0"; i++)
        {
            await Task.Yield();
        }

        Assert.Equal("0", Slots());
    }

    [Fact]
    public async Task Log_of_others_is_let_go_while_nothing_happens_and_too_much_of_it_is_told()
    {
        _pulls.Options = o => o with { SlotLagLimit = new ByteSize(1 << 16), Heartbeat = TimeSpan.FromMilliseconds(20) };
        await _pulls.RunAsync();
        Sql("CREATE TABLE public.other (v text); INSERT INTO public.other SELECT repeat('x', 1000) FROM generate_series(1, 1000)");
        string before = Sql("SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE database = current_database()");
        await using PostgresSource source = _pulls.Open();
        await using IReadPlan plan = await source.PlanAsync(_pulls.Request(follows: true), default);
        await using (ISplitReader reader = await plan.OpenAsync((await PlanReading.SplitsAsync(plan))[0], null, FailOnRowError.Instance, default))
        {
            Assert.Null(await reader.ReadAsync(default));
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (Sql($"SELECT confirmed_flush_lsn - '{before}'::pg_lsn > 1000000 FROM pg_replication_slots WHERE database = current_database()") != "t" && !patience.IsCancellationRequested)
        {
            using var wait = new CancellationTokenSource(50);
            await source.ChangedAsync(wait.Token);
        }

        Assert.False(patience.IsCancellationRequested);
        Assert.Contains(_pulls.Notes, n => n.Contains("slot_lag_limit", StringComparison.Ordinal));
    }

    // The stream that is read next falls silent in the middle.
    private async Task<RoughWire> ListenAsync(TimeSpan limit)
    {
        var wire = new RoughWire(_server.Port);
        _pulls.Options = o => o with { Port = wire.Port, NetworkTimeout = limit };
        await _pulls.RunAsync();
        Sql("INSERT INTO public.t SELECT i, repeat('x', 5000) FROM generate_series(2, 200) i");
        wire.Fault = WireFault.After(300_000, WireDirection.Answer, WireEnd.Stall);
        return wire;
    }

    private Task<MillraceException> FailAsync() => Assert.ThrowsAsync<MillraceException>(() => _pulls.RunAsync());

    private string Slots() => Sql("SELECT count(*) FROM pg_replication_slots WHERE database = current_database()");

    private string Sql(string sql) => _server.Sql(_database, sql);
}
