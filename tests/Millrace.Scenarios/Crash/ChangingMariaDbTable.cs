namespace Millrace.Scenarios.Crash;

/// <param name="server">Where it is.</param>
/// <param name="hosts">Where a job looks for it.</param>
internal sealed class ChangingMariaDbTable(MariaDbTestServer server, string hosts) : ChangingTable(server)
{
    public ChangingMariaDbTable()
        : this(MariaDbTestServer.Demand(), $"127.0.0.1, port: {MariaDbTestServer.Demand().Port}")
    {
    }

    public override string Source => $"connector: mysql, host: {hosts}, database: {Database}, user: {DatabaseTestServer.User}, stream: t, mode: cdc, heartbeat: 1s";

    public override string[] All() => AllOf(Server);

    /// <summary>The rows as another server has them.</summary>
    public string[] AllOf(DatabaseTestServer other) => other.Sql(Database, "SELECT CONCAT(id, ' ', v, ' ', COALESCE(`long`, '-')) FROM t ORDER BY id").Split('\n');

    protected override string Creation(int rows, int held)
        => $"CREATE TABLE t (id int PRIMARY KEY, v int, `long` longtext); INSERT INTO t SELECT seq, {held}, IF(seq % 5 = 0, REPEAT(seq, 500), NULL) FROM seq_1_to_{rows}";

    protected override string Before(Random random) => random.Next(20) == 0 ? "FLUSH BINARY LOGS; " : "";

    protected override string Statement(Random random, int id, int other)
    {
        int amount = random.Next(-9, 10);
        return random.Next(8) switch
        {
            0 => $"SET @gone = (SELECT v FROM t WHERE id = {id}); DELETE FROM t WHERE id = {id}; INSERT INTO t SELECT {id + 20_000}, @gone, 'held' FROM DUAL WHERE @gone IS NOT NULL ON DUPLICATE KEY UPDATE v = t.v + VALUES(v)",
            1 => $"UPDATE IGNORE t SET id = {id + 10_000} WHERE id = {id}",
            2 => $"UPDATE t SET `long` = REPEAT('z', {random.Next(4000)}) WHERE id = {id}",
            3 when random.Next(10) == 0 => $"UPDATE t SET `long` = 'many' WHERE id % 3 = {random.Next(3)}",
            4 => $"INSERT IGNORE INTO t VALUES ({id}, 0, REPEAT('{id}', {random.Next(1000)}))",
            _ => $"UPDATE t a JOIN t b ON a.id = {id} AND b.id = {other} AND a.id <> b.id SET a.v = a.v + {amount}, b.v = b.v - {amount}",
        };
    }
}
