using Millrace.Connectors.Postgres;

namespace Millrace.Connectors.Tests.Postgres.Changes;

/// <summary>How far behind a read of changes says to be.</summary>
[Trait("speed", "slow")]
public sealed class ChangeLagTests : IDisposable
{
    private readonly PostgresTestServer _server = PostgresTestServer.Demand();
    private readonly string _database;

    public ChangeLagTests() => _database = _server.NewDatabase();

    public void Dispose() => Sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database() AND NOT active");

    [Fact]
    public async Task Changes_are_behind_until_the_target_has_committed_them()
    {
        Sql("CREATE TABLE public.t (id int PRIMARY KEY, v text)");
        var pulls = new ChangePulls(_server, _database);
        await pulls.RunAsync();
        Sql("INSERT INTO public.t SELECT i, repeat('x', 100) FROM generate_series(1, 500) i");
        DateTimeOffset made = DateTimeOffset.UtcNow;

        await using PostgresSource source = pulls.Open();
        Assert.Null(source.Lag);
        await using IReadPlan plan = await source.PlanAsync(pulls.Request(), default);
        await using ISplitReader reader = await plan.OpenAsync((await PlanReading.SplitsAsync(plan))[0], null, FailOnRowError.Instance, default);
        SplitBatch batch = (await reader.ReadAsync(default))!.Value;
        Assert.Equal(500, batch.Batch.Length);
        batch.Batch.Dispose();

        SourceLag open = source.Lag!;
        Assert.InRange(open.Time, TimeSpan.FromTicks(1), DateTimeOffset.UtcNow - made + TimeSpan.FromSeconds(10));
        Assert.InRange(open.Bytes!.Value, 50_000, 10_000_000);

        var progress = new Dictionary<string, SplitProgress>(StringComparer.Ordinal) { ["public.t"] = new(batch.Position, Done: false) };
        await source.AcknowledgeAsync(new Checkpoint { Job = "pulls", Epoch = 9, CreatedAt = DateTimeOffset.UnixEpoch, Splits = progress }, default);
        SourceLag caughtUp = source.Lag!;
        Assert.Equal(TimeSpan.Zero, caughtUp.Time);
        Assert.True(caughtUp.Bytes < open.Bytes - 50_000, $"{caughtUp.Bytes} of {open.Bytes} are left");
    }

    private void Sql(string sql) => _server.Sql(_database, sql);
}
