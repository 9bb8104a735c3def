using System.Globalization;
using System.Text.Json.Nodes;

namespace Millrace.Connectors.Tests.Postgres.Changes;

[Trait("speed", "slow")]
public sealed class ChangeStreamTests : IDisposable
{
    private readonly PostgresTestServer _server = PostgresTestServer.Demand();
    private readonly string _database;
    private readonly ChangePulls _pulls;

    public ChangeStreamTests()
    {
        _database = _server.NewDatabase();
        _pulls = new ChangePulls(_server, _database);
    }

    // What stays makes the server keep all its log.
    public void Dispose() => Sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database() AND NOT active");

    [Fact]
    public async Task The_first_read_gives_the_rows_that_are_there_and_later_ones_what_happened_since()
    {
        Sql("CREATE TABLE public.t (id int PRIMARY KEY, v text); INSERT INTO public.t VALUES (1, 'a'), (2, 'b')");

        Assert.Equal(["I 1 a", "I 2 b"], Brief(await _pulls.RunAsync()));
        Assert.Empty(await _pulls.RunAsync());

        Sql("INSERT INTO public.t VALUES (3, 'c')");
        Sql("UPDATE public.t SET v = 'A' WHERE id = 1");
        Sql("DELETE FROM public.t WHERE id = 2");
        Assert.Equal(["I 3 c", "U 1 A", "D 2 ∅"], Brief(await _pulls.RunAsync()));
        Assert.Empty(await _pulls.RunAsync());
    }

    [Fact]
    public async Task A_change_of_the_key_is_a_row_that_goes_and_one_that_comes()
    {
        Sql("CREATE TABLE public.t (id int PRIMARY KEY, v text); INSERT INTO public.t VALUES (1, 'a')");
        await _pulls.RunAsync();
        Sql("UPDATE public.t SET id = 7 WHERE id = 1");

        Assert.Equal(["D 1 ∅", "U 7 a"], Brief(await _pulls.RunAsync()));
    }

    [Fact]
    public async Task Truncation_comes_as_a_row_of_its_own()
    {
        Sql("CREATE TABLE public.t (id int PRIMARY KEY, v text); CREATE TABLE public.other (id int); INSERT INTO public.t VALUES (1, 'a')");
        await _pulls.RunAsync();
        Sql("TRUNCATE public.other, public.t; INSERT INTO public.t VALUES (2, 'b')");

        Assert.Equal(["T ∅ ∅", "I 2 b"], Brief(await _pulls.RunAsync()));
    }

    [Fact]
    public async Task What_was_rolled_back_never_comes_and_transactions_come_in_the_order_of_their_commits()
    {
        Sql("CREATE TABLE public.t (id int PRIMARY KEY, v text)");
        await _pulls.RunAsync();
        Sql("BEGIN; INSERT INTO public.t VALUES (1, 'late'); PREPARE TRANSACTION 'changes_late'");
        Sql("INSERT INTO public.t VALUES (2, 'early')");
        Sql("BEGIN; INSERT INTO public.t VALUES (3, 'never'); ROLLBACK");
        Sql("BEGIN; INSERT INTO public.t VALUES (4, 'kept'); SAVEPOINT s; INSERT INTO public.t VALUES (5, 'never'); ROLLBACK TO s; COMMIT");
        Assert.Equal(["I 2 early", "I 4 kept"], Brief(await _pulls.RunAsync()));

        Sql("COMMIT PREPARED 'changes_late'");
        Assert.Equal(["I 1 late"], Brief(await _pulls.RunAsync()));
    }

    [Fact]
    public async Task Long_values_that_did_not_change_are_named_and_not_sent()
    {
        Sql("CREATE TABLE public.t (id int PRIMARY KEY, v text, long text, more bytea); ALTER TABLE public.t ALTER long SET STORAGE EXTERNAL, ALTER more SET STORAGE EXTERNAL");
        Sql("INSERT INTO public.t VALUES (1, 'a', repeat('x', 5000), decode(repeat('ab', 5000), 'hex'))");
        await _pulls.RunAsync();
        Sql("UPDATE public.t SET v = 'b'");
        Sql("UPDATE public.t SET more = NULL");
        Sql("UPDATE public.t SET long = 'short'");

        IReadOnlyList<string> rows = await _pulls.RunAsync();

        Assert.Equal(["[\"long\",\"more\"]", "[\"long\"]", "none"], rows.Select(r => JsonNode.Parse(r)!["_unchanged"]?.ToJsonString() ?? "none"));
        PlanReading.AssertSameRows(["{\"id\":1,\"v\":\"b\",\"long\":\"short\",\"more\":null}"], _pulls.Folded("id"));
    }

    [Fact]
    public async Task With_the_whole_row_as_identity_nothing_is_left_out()
    {
        Sql("CREATE TABLE public.t (id int PRIMARY KEY, v text, long text); ALTER TABLE public.t ALTER long SET STORAGE EXTERNAL; ALTER TABLE public.t REPLICA IDENTITY FULL");
        Sql("INSERT INTO public.t VALUES (1, 'a', repeat('x', 5000)), (2, 'b', 'y')");
        await _pulls.RunAsync();
        Sql("UPDATE public.t SET v = 'b' WHERE id = 1");
        Sql("DELETE FROM public.t WHERE id = 2");

        IReadOnlyList<string> rows = await _pulls.RunAsync();

        Assert.Equal(["U 1 b", "D 2 b"], Brief(rows));
        Assert.All(rows, r => Assert.Null(JsonNode.Parse(r)!["_unchanged"]));
        Assert.Equal(5000, ((string)JsonNode.Parse(rows[0])!["long"]!).Length);
    }

    [Fact]
    public async Task Positions_order_the_rows_and_times_are_those_of_the_commits()
    {
        Sql("CREATE TABLE public.t (id int PRIMARY KEY, v text); INSERT INTO public.t VALUES (1, 'a')");
        await _pulls.RunAsync();
        Sql("INSERT INTO public.t SELECT i, 'x' FROM generate_series(2, 20) i");
        Sql("UPDATE public.t SET v = 'y'");
        await _pulls.RunAsync();

        string[] positions = [.. _pulls.Rows.Select(r => (string)JsonNode.Parse(r)!["_position"]!)];
        Assert.Equal(positions.Order(StringComparer.Ordinal), positions);
        Assert.Equal(positions.Length, positions.Distinct().Count());
        DateTimeOffset[] times = [.. _pulls.Rows.Select(r => DateTimeOffset.Parse((string)JsonNode.Parse(r)!["_committed_at"]!, CultureInfo.InvariantCulture))];
        Assert.Equal(times.Order(), times);
        Assert.All(times, t => Assert.InRange(t, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(1)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task However_runs_die_every_change_comes_once_and_transactions_whole(int seed)
    {
        var random = new Random(seed);
        var pulls = new ChangePulls(_server, _database) { BatchRows = 7 };
        Sql("CREATE TABLE public.t (id int PRIMARY KEY, v int, long text); ALTER TABLE public.t ALTER long SET STORAGE EXTERNAL");
        Sql("INSERT INTO public.t SELECT i, 0, repeat(i::text, 3000) FROM generate_series(1, 20) i");
        int version = 0;
        void Write()
        {
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                var statements = new List<string>();
                for (int j = random.Next(1, 10); j > 0; j--)
                {
                    int id = random.Next(1, 60);
                    version++;
                    statements.Add(random.Next(6) switch
                    {
                        0 => $"DELETE FROM public.t WHERE id = {id}",
                        1 => $"UPDATE public.t SET id = {id + 1000}, long = 'moved' WHERE id = {id} AND NOT EXISTS (SELECT FROM public.t WHERE id = {id + 1000})",
                        2 => $"UPDATE public.t SET long = repeat('z', {random.Next(5000)}) WHERE id = {id}",
                        3 => $"UPDATE public.t SET v = {version} WHERE id % 3 = {version % 3}",
                        _ => $"INSERT INTO public.t VALUES ({id}, {version}, repeat('{id}', 2000)) ON CONFLICT (id) DO UPDATE SET v = {version}",
                    });
                }

                Sql($"BEGIN; {string.Join("; ", statements)}; COMMIT");
            }
        }

        for (int run = 0; run < 15; run++)
        {
            Write();
            int meanwhile = random.Next(3);
            await pulls.RunAsync(random.Next(3) == 0 ? int.MaxValue : random.Next(1, 12), () =>
            {
                if (meanwhile-- > 0)
                {
                    Write();
                }
            });
        }

        await pulls.RunAsync();
        PlanReading.AssertSameRows(
            Sql("SELECT json_build_object('id', id, 'v', v, 'long', long) FROM public.t").Split('\n').Select(l => JsonNode.Parse(l)!.ToJsonString()),
            pulls.Folded("id"));
        string[] positions = [.. pulls.Rows.Select(r => (string)JsonNode.Parse(r)!["_position"]!).Where(p => !p.EndsWith("-00000000", StringComparison.Ordinal))];
        Assert.Equal(positions.Length, positions.Distinct().Count());

        // No transaction stands in two commits.
        var epochOf = new Dictionary<string, int>(StringComparer.Ordinal);
        int at = 0;
        for (int epoch = 0; epoch < pulls.Epochs.Count; at += pulls.Epochs[epoch], epoch++)
        {
            foreach (string row in pulls.Rows.Skip(at).Take(pulls.Epochs[epoch]))
            {
                string transaction = ((string)JsonNode.Parse(row)!["_position"]!)[..16];
                Assert.Equal(epoch, epochOf.TryGetValue(transaction, out int known) ? known : epochOf[transaction] = epoch);
            }
        }
    }

    private static IEnumerable<string> Brief(IEnumerable<string> rows)
        => rows.Select(r => JsonNode.Parse(r)!).Select(r => $"{r["_op"]} {r["id"]?.ToString() ?? "∅"} {r["v"]?.ToString() ?? "∅"}");

    private string Sql(string sql) => _server.Sql(_database, sql);
}
