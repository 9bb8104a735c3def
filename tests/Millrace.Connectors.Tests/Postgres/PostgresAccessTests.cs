using Millrace.Connectors.Postgres;

namespace Millrace.Connectors.Tests.Postgres;

/// <summary>What a run is told when the table, or the right to it, is not what it was.</summary>
[Trait("speed", "slow")]
public class PostgresAccessTests
{
    private readonly PostgresTestServer _server = PostgresTestServer.Demand();
    private readonly string _database;

    public PostgresAccessTests() => _database = _server.NewDatabase();

    [Theory]
    [InlineData("ALTER COLUMN id TYPE real", "became real; it was integer")]
    [InlineData("ALTER COLUMN price TYPE numeric(12,4)", "became numeric(12, 4); it was numeric(12, 2)")]
    [InlineData("DROP COLUMN id", "does not exist")]
    public async Task A_table_that_is_altered_before_it_is_read_is_planned_anew(string change, string message)
    {
        Sql("CREATE TABLE public.t (id int, price numeric(12,2)); INSERT INTO public.t VALUES (1, 1.5)");
        await using PostgresSource source = Open(_server, _database);
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), default);
        Sql($"ALTER TABLE public.t {change}");

        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => PlanReading.ReadAllAsync(plan));
        Assert.Equal(("MR3232", ErrorClass.Retryable), (e.Code.Id, e.Code.Class));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        await using IReadPlan again = await source.PlanAsync(new ReadRequest(), default);
        Assert.Single(await PlanReading.ReadAllAsync(again));
    }

    [Fact]
    public async Task Who_may_not_come_in_is_told_why()
    {
        PostgresTestServer own = PostgresTestServer.DemandOwn();
        own.Sql("postgres", "CREATE ROLE reader LOGIN PASSWORD 'right'");
        own.DemandPasswords();
        await AssertRefusedAsync(o => o with { User = "reader", Password = "wrong" }, "password authentication failed", "~/.pgpass");
        await AssertRefusedAsync(o => o with { User = "reader" }, "password", "PGPASSWORD");
        await AssertRefusedAsync(o => o with { Database = "nowhere" }, "\"nowhere\" does not exist", "postgres://host/database");

        async Task AssertRefusedAsync(Func<PostgresSourceOptions, PostgresSourceOptions> change, string message, string hint)
        {
            await using var source = new PostgresSource(change(Options(own, "postgres")), new ConnectorContext { Job = "bad" });
            MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => source.PlanAsync(new ReadRequest(), default).AsTask());
            Assert.Equal(("MR3202", ErrorClass.Permanent), (e.Code.Id, e.Code.Class));
            Assert.Contains(message, e.Message, StringComparison.Ordinal);
            Assert.Contains(hint, e.Hint, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_next_host_is_taken_where_one_does_not_answer()
    {
        Sql("CREATE TABLE public.t (id int); INSERT INTO public.t VALUES (1)");
        await using var source = new PostgresSource(Options(_server, _database) with { Host = $"127.0.0.1:1,127.0.0.1:{_server.Port}", Port = null }, new ConnectorContext { Job = "hosts" });
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), default);
        Assert.Equal(["{\"id\":1}"], await PlanReading.ReadAllAsync(plan));
    }

    [Fact]
    public async Task A_text_that_the_encoding_of_the_target_lacks_is_told_with_the_encoding()
    {
        string latin = _server.NewDatabase("ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
        var schema = new Schema([new Field("v", DataType.Utf8)]);
        await using ISink sink = new PostgresConnector().OpenSink(
            new PostgresTargetOptions { Host = "127.0.0.1", Port = _server.Port, Database = latin, User = DatabaseTestServer.User, Table = "public.t" }, new ConnectorContext { Job = "latin" });
        await sink.EnsureSchemaAsync(schema, SchemaEvolution.Evolve, default);
        await using ISinkWriter writer = await sink.OpenWriterAsync(new SinkRequest { Schema = schema, RunId = "run", FencingToken = 1 }, default);
        using var texts = new BinaryBuilder(DataType.Utf8, 2);
        texts.Append("\u00e9");
        texts.Append("\u20ac");
        using var rows = new RecordBatch(schema, 2, texts.Build());
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(async () =>
        {
            await writer.WriteAsync(rows, default);
            await writer.FlushAsync(default);
        });
        Assert.NotEqual(ErrorClass.Retryable, e.Code.Class);
        Assert.Contains("LATIN1", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_right_that_is_missing_comes_with_its_grant_which_is_enough()
    {
        string role = $"reader_{_database}";
        Sql($"CREATE ROLE {role} LOGIN; CREATE SCHEMA s; CREATE TABLE s.t (id int PRIMARY KEY, v int, secret text); INSERT INTO s.t VALUES (1, 2, 'x'), (2, 3, 'y')");
        string[] granted = [];
        foreach (ReadRequest request in new[]
        {
            new ReadRequest { Stream = "s.t", Columns = [new RequestedColumn("v")] },
            new ReadRequest { Stream = "s.t", Columns = [new RequestedColumn("v")], Mode = ReadMode.Incremental, Cursor = "v" },
            new ReadRequest { Stream = "s.t" },
        })
        {
            for (int i = 0; i < 3; i++)
            {
                await using var source = new PostgresSource(Options(_server, _database) with { User = role, Table = "s.t" }, new ConnectorContext { Job = "rights" });
                try
                {
                    await using IReadPlan plan = await source.PlanAsync(request, default);
                    Assert.NotEmpty(await PlanReading.ReadAllAsync(plan));
                    Assert.True((await source.CheckAsync(default)).Ok);
                    break;
                }
                catch (MillraceException e) when (e.Code.Id == "MR3203")
                {
                    granted = [.. granted, e.Hint!];

                    // The first one that reads gets a single column, as a careful owner would do.
                    Sql(e.Hint!.Replace("GRANT SELECT ON", "GRANT SELECT (v) ON", StringComparison.Ordinal));
                }
            }
        }

        Assert.Equal(
            [$"GRANT USAGE ON SCHEMA \"s\" TO \"{role}\";", $"GRANT SELECT ON \"s\".\"t\" TO \"{role}\";", $"GRANT SELECT (\"id\") ON \"s\".\"t\" TO \"{role}\";", $"GRANT SELECT (\"secret\") ON \"s\".\"t\" TO \"{role}\";"],
            granted);
    }

    private static PostgresSourceOptions Options(PostgresTestServer server, string database)
        => new() { Host = "127.0.0.1", Port = server.Port, Database = database, User = DatabaseTestServer.User, Table = "public.t" };

    private static PostgresSource Open(PostgresTestServer server, string database, int chunk = 8192)
        => new(Options(server, database) with { ChunkBytes = new ByteSize(chunk) }, new ConnectorContext { Job = "bad" });

    private string Sql(string sql) => _server.Sql(_database, sql);
}
