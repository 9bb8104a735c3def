using System.Text.Json.Nodes;
using Millrace.Connectors.Tests.Databases;

namespace Millrace.Connectors.Tests.Postgres.Changes;

[Trait("speed", "slow")]
public sealed class ChangeStreamTests : ChangedTableTests, IDisposable
{
    private readonly PostgresTestServer _server = PostgresTestServer.Demand();
    private readonly ChangePulls _pulls;

    public ChangeStreamTests()
        : base(Dialect.Postgres) => _pulls = new ChangePulls(_server, Database);

    // Long values are left out of updates that do not change them.
    protected override string CreateBodies => "CREATE TABLE t (id int PRIMARY KEY, v int, body text); ALTER TABLE t ALTER body SET STORAGE EXTERNAL";

    protected override string SelectBodies => "SELECT json_build_object('id', id, 'v', v, 'body', body) FROM t";

    protected override string OrElse => "ON CONFLICT (id) DO UPDATE SET";

    // What stays makes the server keep all its log.
    public void Dispose() => Sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database() AND NOT active");

    [Fact]
    public async Task Transactions_come_in_the_order_of_their_commits()
    {
        Sql("CREATE TABLE public.t (id int PRIMARY KEY, v text)");
        await _pulls.RunAsync();
        Sql("BEGIN; INSERT INTO public.t VALUES (1, 'late'); PREPARE TRANSACTION 'changes_late'");
        Sql("INSERT INTO public.t VALUES (2, 'early')");
        Assert.Equal(["I 2 early"], PulledChanges.Brief(await _pulls.RunAsync()));

        Sql("COMMIT PREPARED 'changes_late'");
        Assert.Equal(["I 1 late"], PulledChanges.Brief(await _pulls.RunAsync()));
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

        Assert.Equal(["U 1 b", "D 2 b"], PulledChanges.Brief(rows));
        Assert.All(rows, r => Assert.Null(JsonNode.Parse(r)!["_unchanged"]));
        Assert.Equal(5000, ((string)JsonNode.Parse(rows[0])!["long"]!).Length);
    }

    private protected override PulledChanges Pulls(int batchRows = 1000) => new ChangePulls(_server, Database) { BatchRows = batchRows };

    protected override string OfDeleted(string value) => "∅";

    protected override string MoveIfFree(int id, int to) => $"UPDATE t SET id = {to}, body = 'moved' WHERE id = {id} AND NOT EXISTS (SELECT FROM t WHERE id = {to})";
}
