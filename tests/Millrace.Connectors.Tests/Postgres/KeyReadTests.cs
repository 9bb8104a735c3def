using Millrace.Connectors.Postgres;

namespace Millrace.Connectors.Tests.Postgres;

/// <summary>A table is read in the order of its primary key, and a read that was cut off goes on behind the last key.</summary>
[Trait("speed", "slow")]
public sealed class KeyReadTests
{
    private readonly PostgresTestServer _server = PostgresTestServer.Demand();
    private readonly string _database;

    public KeyReadTests() => _database = _server.NewDatabase();

    public static TheoryData<string, string> Keys => new()
    {
        { "id int", "i" },
        { "id bigint", "-i::bigint * 1000003" },
        { "id uuid", "md5(i::text)::uuid" },
        { "id text", "md5(i::text) || '''\\'" },
        { "id text COLLATE \"C\"", "chr(200 + i % 100) || i" },
        { "id varchar(12)", "i::text" },
        { "id timestamptz", "TIMESTAMPTZ '1900-01-01' + i * interval '1.000001 s'" },
        { "id numeric(20,3)", "i / 7.0" },
        { "id bytea", "decode(md5(i::text), 'hex')" },
        { "id date", "DATE '1000-01-01' + i" },
    };

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task Every_row_comes_once_wherever_the_read_is_cut_off(string column, string value)
    {
        Sql($"CREATE TABLE public.t ({column} PRIMARY KEY, v int, pad text); INSERT INTO public.t SELECT {value}, i, repeat('x', 50) FROM generate_series(1, 3000) i; ANALYZE public.t");
        await AssertReadsAllAsync(3000);
    }

    [Fact]
    public async Task A_key_of_several_columns_and_a_partitioned_table()
    {
        Sql("""
            CREATE TABLE public.t (b int, "a ""q" text, v int, PRIMARY KEY ("a ""q", b)) PARTITION BY HASH (b);
            CREATE TABLE public.t0 PARTITION OF public.t FOR VALUES WITH (MODULUS 2, REMAINDER 0);
            CREATE TABLE public.t1 PARTITION OF public.t FOR VALUES WITH (MODULUS 2, REMAINDER 1);
            INSERT INTO public.t SELECT i % 10, 'k' || i / 10, i FROM generate_series(1, 3000) i; ANALYZE public.t
            """);
        await AssertReadsAllAsync(3000);
    }

    [Fact]
    public async Task Rows_come_in_the_order_of_the_key_in_ranges_of_about_one_size()
    {
        Sql("CREATE TABLE public.t AS SELECT i AS id, repeat('x', 100) AS pad FROM generate_series(1, 20000) i ORDER BY random(); ALTER TABLE public.t ADD PRIMARY KEY (id); ANALYZE public.t");
        await using PostgresSource source = Open();
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest { Columns = [new RequestedColumn("id")] }, default);
        IReadOnlyList<Split> splits = await PlanReading.SplitsAsync(plan);
        Assert.InRange(splits.Count, 20, 90);
        var ids = new List<int>();
        foreach (Split split in splits)
        {
            int[] range = [.. (await PlanReading.ReadAsync(plan, split)).SelectMany(b => b.Rows).Select(r => (int)System.Text.Json.Nodes.JsonNode.Parse(r)!["id"]!)];
            Assert.InRange(range.Length, 1, 20000 * 6 / splits.Count);
            ids.AddRange(range);
        }

        Assert.Equal(Enumerable.Range(1, 20000), ids);
    }

    [Fact]
    public async Task A_read_goes_on_in_the_order_in_which_it_began()
    {
        Sql("CREATE TABLE public.t AS SELECT i AS id FROM generate_series(1, 1000) i; ALTER TABLE public.t ADD PRIMARY KEY (id)");
        TablePulls pulls = Pulls();
        await pulls.RunAsync(mostBatches: 3);
        var auto = new TablePulls(_database, pulls.Request) { Options = o => o with { ReadBy = ReadBy.Storage } };
        auto.Continue(pulls);
        await auto.RunAsync();
        Assert.Equal(1000, pulls.Rows.Concat(auto.Rows).Distinct().Count());
        Assert.Equal(1000, pulls.Rows.Count + auto.Rows.Count);
    }

    [Fact]
    public async Task Parts_of_a_partitioned_table_are_read_at_once_where_the_user_may()
    {
        Sql("""
            CREATE TABLE public.t (v int, dropped int, k text) PARTITION BY LIST (k);
            CREATE TABLE public.ta PARTITION OF public.t FOR VALUES IN ('a');
            CREATE TABLE public.tb (k text, v int, dropped int); ALTER TABLE public.t ATTACH PARTITION public.tb FOR VALUES IN ('b');
            ALTER TABLE public.t DROP COLUMN dropped;
            INSERT INTO public.t SELECT i, CASE WHEN i % 3 = 0 THEN 'a' ELSE 'b' END FROM generate_series(1, 3000) i; ANALYZE public.t
            """);
        string role = $"parts_{_database}";
        Sql($"CREATE ROLE {role} LOGIN; GRANT SELECT ON public.t TO {role}");
        Assert.True(await CountSplitsAsync(DatabaseTestServer.User) > 2);
        Assert.Equal(1, await CountSplitsAsync(role));
        Sql($"GRANT SELECT ON public.ta, public.tb TO {role}");
        Assert.True(await CountSplitsAsync(role) > 2);

        async Task<int> CountSplitsAsync(string user)
        {
            await using var source = new PostgresSource(Options() with { User = user, ReadBy = ReadBy.Storage }, new ConnectorContext { Job = "parts" });
            await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), default);
            IReadOnlyList<string> rows = await PlanReading.ReadAllAsync(plan);
            Assert.Equal((3000, 3000), (rows.Count, rows.Distinct().Count()));
            return (await PlanReading.SplitsAsync(plan)).Count;
        }
    }

    [Fact]
    public async Task A_table_without_such_a_key_is_refused()
    {
        Sql("CREATE TABLE public.t (id float8 PRIMARY KEY)");
        await using PostgresSource source = Open();
        var error = await Assert.ThrowsAsync<MillraceException>(() => source.PlanAsync(new ReadRequest(), default).AsTask());
        Assert.Equal("MR3210", error.Code.Id);
    }

    private async Task AssertReadsAllAsync(int rows)
    {
        TablePulls pulls = Pulls();
        for (int i = 0; i < 200 && pulls.Rows.Count < rows; i++)
        {
            await pulls.RunAsync(mostBatches: 1 + (i % 5));
        }

        Assert.Equal((rows, rows), (pulls.Rows.Count, pulls.Rows.Distinct().Count()));
    }

    private TablePulls Pulls() => new(_database, new ReadRequest { Stream = "public.t", BatchRows = 100 }) { Options = o => o with { ReadBy = ReadBy.Key, ChunkBytes = new ByteSize(8192) } };

    private PostgresSourceOptions Options() => new() { Host = "127.0.0.1", Port = _server.Port, Database = _database, User = DatabaseTestServer.User, Table = "public.t", ReadBy = ReadBy.Key, ChunkBytes = new ByteSize(8192) };

    private PostgresSource Open() => new(Options(), new ConnectorContext { Job = "keys" });

    private string Sql(string sql) => _server.Sql(_database, sql);
}
