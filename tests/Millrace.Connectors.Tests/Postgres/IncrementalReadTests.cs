using System.Globalization;

namespace Millrace.Connectors.Tests.Postgres;

[Trait("speed", "slow")]
public class IncrementalReadTests
{
    private readonly PostgresTestServer _server = PostgresTestServer.Demand();
    private readonly string _database;

    public IncrementalReadTests() => _database = _server.NewDatabase();

    [Theory]
    [InlineData("PRIMARY KEY", "", 1)]
    [InlineData("PRIMARY KEY", "", 2)]
    [InlineData("", "", 3)]
    [InlineData("", "PARTITION BY HASH (id)", 4)]
    public async Task A_target_that_merges_equals_the_source_however_cursors_collide_and_runs_die(string key, string partitions, int seed)
    {
        var random = new Random(seed);
        Sql($"CREATE TABLE public.t (id int {key}, v int NOT NULL, n int NOT NULL) {partitions}");
        if (partitions.Length > 0)
        {
            Sql("CREATE TABLE public.t0 PARTITION OF public.t FOR VALUES WITH (MODULUS 2, REMAINDER 0); CREATE TABLE public.t1 PARTITION OF public.t FOR VALUES WITH (MODULUS 2, REMAINDER 1)");
        }

        var pulls = new TablePulls(_database, new ReadRequest { Stream = "public.t", Mode = ReadMode.Incremental, Cursor = "v", BatchRows = 3 });
        int id = 0;
        int version = 1;
        void Write()
        {
            var statements = new List<string>();
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                version += random.Next(4) == 0 ? 1 : 0;
                statements.Add(id == 0 || random.Next(2) == 0
                    ? string.Create(CultureInfo.InvariantCulture, $"INSERT INTO public.t VALUES ({(++id * 7919) % 10007}, {version}, {random.Next()})")
                    : string.Create(CultureInfo.InvariantCulture, $"UPDATE public.t SET v = {version}, n = {random.Next()} WHERE id = {(random.Next(1, id + 1) * 7919) % 10007}"));
            }

            Sql(string.Join("; ", statements));
        }

        for (int run = 0; run < 20; run++)
        {
            Write();
            await pulls.RunAsync(random.Next(3) == 0 ? int.MaxValue : random.Next(1, 3), random.Next(2) == 0 ? Write : null);
        }

        await pulls.RunAsync();
        PlanReading.AssertSameRows(Lines("SELECT json_build_object('id', id, 'v', v, 'n', n) FROM public.t").Select(Compact), pulls.ById);
        Assert.Equal(0, await pulls.RunAsync());
    }

    [Theory]
    [InlineData("PRIMARY KEY")]
    [InlineData("")]
    public async Task Rows_that_are_only_added_come_once(string key)
    {
        var random = new Random(5);
        Sql($"CREATE TABLE public.t (id int {key}, v int)");
        var pulls = new TablePulls(_database, new ReadRequest { Stream = "public.t", Mode = ReadMode.Incremental, Cursor = "v", BatchRows = 2 });
        int id = 0;
        int version = 1;
        void Write()
        {
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                version += random.Next(4) == 0 ? 1 : 0;
                Sql(string.Create(CultureInfo.InvariantCulture, $"INSERT INTO public.t VALUES ({(++id * 7919) % 10007}, {version})"));
            }
        }

        for (int run = 0; run < 15; run++)
        {
            Write();
            await pulls.RunAsync(random.Next(2) == 0 ? int.MaxValue : random.Next(1, 3), random.Next(2) == 0 ? Write : null);
        }

        await pulls.RunAsync();
        PlanReading.AssertSameRows(Lines("SELECT json_build_object('id', id, 'v', v) FROM public.t").Select(Compact), pulls.Rows);
    }

    [Fact]
    public async Task Rows_of_a_transaction_that_was_under_way_come_when_it_has_ended_even_at_the_last_value()
    {
        Sql("CREATE TABLE public.t (id int PRIMARY KEY, v int)");
        var pulls = new TablePulls(_database, new ReadRequest { Stream = "public.t", Mode = ReadMode.Incremental, Cursor = "v" });
        Sql("INSERT INTO public.t VALUES (10, 5)");
        Sql("BEGIN; INSERT INTO public.t VALUES (1, 5); PREPARE TRANSACTION 'late'");

        Assert.Equal(1, await pulls.RunAsync());
        Sql("COMMIT PREPARED 'late'");

        Assert.Equal(1, await pulls.RunAsync());
        Assert.Equal("{\"id\":1,\"v\":5}", pulls.Rows[^1]);
    }

    [Fact]
    public async Task Rows_wait_for_the_safety_delay_and_those_of_the_future_for_their_time()
    {
        Sql("CREATE TABLE public.t (id int PRIMARY KEY, at timestamptz); INSERT INTO public.t VALUES (1, now() - interval '1 hour'), (2, now() - interval '1 minute'), (3, now() + interval '1 day'), (4, 'infinity')");
        var patient = new TablePulls(_database, Since("at")) { Options = o => o with { SafetyDelay = TimeSpan.FromMinutes(10) } };
        var hasty = new TablePulls(_database, Since("at")) { Options = o => o with { SafetyDelay = TimeSpan.Zero } };

        Assert.Equal(1, await patient.RunAsync());
        Assert.Equal(2, await hasty.RunAsync());

        Sql("INSERT INTO public.t VALUES (5, now())");
        Assert.Equal(1, await hasty.RunAsync());
        Assert.Equal(0, await patient.RunAsync());
    }

    // The bound is a value that was read: what lies between it and now may come yet.
    [Theory]
    [InlineData("timestamp", "'infinity'")]
    [InlineData("timestamptz", "'9999-12-31'")]
    [InlineData("date", "'9999-12-31'")]
    public async Task A_row_of_the_future_makes_no_row_of_the_past_be_missed(string type, string future)
    {
        Sql($"CREATE TABLE public.t (id int PRIMARY KEY, at {type}); INSERT INTO public.t VALUES (1, '2024-01-01'), (2, {future})");
        var pulls = new TablePulls(_database, Since("at"));

        Assert.Equal(1, await pulls.RunAsync());
        Sql("INSERT INTO public.t VALUES (3, '2024-01-02')");
        Assert.Equal(1, await pulls.RunAsync());
    }

    [Fact]
    public async Task Lookback_reads_a_window_again()
    {
        Sql("CREATE TABLE public.t (id int PRIMARY KEY, at timestamp); INSERT INTO public.t VALUES (1, '2024-01-01'), (2, '2024-01-01 10:00'), (3, '2024-01-01 11:00')");
        var pulls = new TablePulls(_database, Since("at") with { Lookback = TimeSpan.FromHours(2) });

        Assert.Equal(3, await pulls.RunAsync());
        Assert.Equal(2, await pulls.RunAsync());
    }

    [Fact]
    public async Task Rows_without_a_cursor_are_read_by_the_first_run_only_which_says_so()
    {
        Sql("CREATE TABLE public.t (id int PRIMARY KEY, v int); INSERT INTO public.t SELECT i, nullif(i % 3, 0) FROM generate_series(1, 9) i");
        var pulls = new TablePulls(_database, Since("v") with { BatchRows = 2 });

        Assert.Equal(2, await pulls.RunAsync(mostBatches: 1));
        Assert.Equal(7, await pulls.RunAsync());
        Assert.Equal(9, pulls.Rows.Distinct().Count());
        Assert.Contains(pulls.Notes, n => n.Contains("whose v is NULL", StringComparison.Ordinal));

        Sql("INSERT INTO public.t VALUES (10, NULL), (11, 3)");
        Assert.Equal(1, await pulls.RunAsync());
    }

    [Fact]
    public async Task A_view_needs_columns_that_tell_its_rows_apart_and_leaves_the_greatest_value_to_the_next_run()
    {
        Sql("CREATE TABLE public.t (id int PRIMARY KEY, v int); INSERT INTO public.t VALUES (1, 1), (2, 2), (3, 2); CREATE VIEW public.w AS SELECT * FROM public.t");
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => new TablePulls(_database, Since("v") with { Stream = "public.w" }).RunAsync());
        Assert.Equal("MR3230", e.Code.Id);
        Assert.Contains("tie_breaker", e.Hint, StringComparison.Ordinal);

        var pulls = new TablePulls(_database, Since("v") with { Stream = "public.w" }) { Options = o => o with { TieBreaker = ["id"] } };
        Assert.Equal(1, await pulls.RunAsync());
        Sql("INSERT INTO public.t VALUES (0, 2), (4, 3)");
        Assert.Equal(3, await pulls.RunAsync());
    }

    [Theory]
    [InlineData(null, "needs a cursor")]
    [InlineData("updatedat", "has no column 'updatedat' (did you mean 'updated_at'?)")]
    [InlineData("tags", "is text[], whose values do not grow")]
    [InlineData("price", "is double precision, whose values do not grow")]
    public async Task A_cursor_that_is_none_is_refused_with_those_that_could_be(string? cursor, string message)
    {
        Sql("CREATE TABLE public.t (id int PRIMARY KEY, tags text[], price float8, updated_at timestamptz, name text)");
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => new TablePulls(_database, Since(cursor)).RunAsync());

        Assert.Equal("MR3230", e.Code.Id);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.Equal("Set `cursor` to a column that grows with every change; updated_at, id could be one.", e.Hint);
    }

    [Theory]
    [InlineData("Full", "b", "read of everything")]
    [InlineData("Incremental", "a", "kept by the cursor 'a'")]
    public async Task Progress_of_another_kind_of_read_is_refused(string mode, string cursor, string message)
    {
        Sql("CREATE TABLE public.t (a int PRIMARY KEY, b int); INSERT INTO public.t VALUES (1, 1)");
        var pulls = new TablePulls(_database, Since(cursor) with { Mode = Enum.Parse<ReadMode>(mode) });
        await pulls.RunAsync();

        pulls.Request = Since("b");
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => pulls.RunAsync());
        Assert.Equal("MR3231", e.Code.Id);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text", "it's|a\\b|ü|zz")]
    [InlineData("uuid", "00000000-0000-0000-0000-000000000001|ffffffff-0000-0000-0000-000000000000")]
    [InlineData("numeric", "-1.5|0.000000001|12345678901234567890.5")]
    [InlineData("date", "2020-01-01|2024-02-29")]
    [InlineData("bytea", "\\x00|\\xff")]
    public async Task Every_value_of_a_cursor_and_a_key_is_a_place_to_go_on_at(string type, string values)
    {
        string[] all = values.Split('|');
        Sql($"CREATE TABLE public.t (k {type}, c {type}, PRIMARY KEY (k)); INSERT INTO public.t VALUES {string.Join(", ", all.Select(v => $"($q${v}$q$, $q${all[0]}$q$)"))}");
        Sql($"CREATE TABLE public.u (k int PRIMARY KEY, c {type}); INSERT INTO public.u VALUES {string.Join(", ", all.Select((v, i) => $"({i}, $q${v}$q$)"))}");
        foreach (string table in new[] { "public.t", "public.u" })
        {
            var pulls = new TablePulls(_database, Since("c") with { Stream = table, BatchRows = 1 });
            for (int i = 0; i < all.Length; i++)
            {
                Assert.Equal(1, await pulls.RunAsync(mostBatches: 1));
            }

            Assert.Equal(0, await pulls.RunAsync());
            Assert.Equal(all.Length, pulls.Rows.Distinct().Count());
        }
    }

    private static ReadRequest Since(string? cursor) => new() { Stream = "public.t", Mode = ReadMode.Incremental, Cursor = cursor };

    private static string Compact(string json) => json.Replace(" ", "", StringComparison.Ordinal);

    private string Sql(string sql) => _server.Sql(_database, sql);

    private string[] Lines(string sql) => Sql(sql).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
