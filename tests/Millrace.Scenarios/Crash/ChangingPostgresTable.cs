namespace Millrace.Scenarios.Crash;

internal sealed class ChangingPostgresTable() : ChangingTable(PostgresTestServer.Demand())
{
    public override string Source => $"connector: postgres, host: 127.0.0.1, port: {PostgresTestServer.Demand().Port}, database: {Database}, user: {DatabaseTestServer.User}, stream: public.t, mode: cdc, heartbeat: 100ms";

    public override string[] All() => Sql("SELECT id || ' ' || v || ' ' || coalesce(long, '-') FROM public.t ORDER BY id").Split('\n');

    public override void Check() => Assert.Equal("1", Sql("SELECT count(*) FROM pg_replication_slots WHERE database = current_database()"));

    public override void Clean() => Sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database() AND NOT active");

    // Long values are left out of updates that do not change them.
    protected override string Creation(int rows, int held)
        => $"CREATE TABLE public.t (id int PRIMARY KEY, v int, long text); ALTER TABLE public.t ALTER long SET STORAGE EXTERNAL; INSERT INTO public.t SELECT i, {held}, CASE WHEN i % 5 = 0 THEN repeat(i::text, 500) END FROM generate_series(1, {rows}) i";

    protected override string Statement(Random random, int id, int other)
    {
        int amount = random.Next(-9, 10);
        return random.Next(8) switch
        {
            0 => $"WITH gone AS (DELETE FROM public.t WHERE id = {id} RETURNING v) INSERT INTO public.t AS t SELECT {id + 20_000}, v, 'held' FROM gone ON CONFLICT (id) DO UPDATE SET v = t.v + excluded.v",
            1 => $"UPDATE public.t SET id = {id + 10_000} WHERE id = {id} AND NOT EXISTS (SELECT FROM public.t WHERE id = {id + 10_000})",
            2 => $"UPDATE public.t SET long = repeat('z', {random.Next(4000)}) WHERE id = {id}",
            3 when random.Next(10) == 0 => $"UPDATE public.t SET long = 'many' WHERE id % 3 = {random.Next(3)}",
            4 => $"INSERT INTO public.t VALUES ({id}, 0, repeat('{id}', {random.Next(1000)})) ON CONFLICT DO NOTHING",
            _ => $"UPDATE public.t SET v = v + CASE id WHEN {id} THEN {amount} ELSE -({amount}) END WHERE id IN ({id}, {other}) AND {id} <> {other} AND (SELECT count(*) FROM public.t WHERE id IN ({id}, {other})) = 2",
        };
    }
}
