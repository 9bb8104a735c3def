using Millrace.Sql.Streaming;

namespace Millrace.Sql.Tests.Streaming;

/// <summary>Tables with a primary key, which hold the latest row of each key.</summary>
[Trait("speed", "slow")]
public sealed class KeyedTableTests
{
    private const string Customers = """
        SELECT (n * 7919) % 23 AS id, 'c' || (n % 5) AS name, CASE n % 4 WHEN 0 THEN NULL ELSE n % 4 END AS tier,
               (n * 31) % 97 AS version, TIMESTAMP '2026-01-01' + n * INTERVAL '1' SECOND AS ts
        FROM generate_series(1, 120) AS s(n)
        """;

    private const string Orders = """
        SELECT n AS id, (n * 13) % 29 AS cid, TIMESTAMP '2026-01-01' + n * INTERVAL '2' SECOND AS ts
        FROM generate_series(1, 90) AS s(n)
        """;

    public static TheoryData<string> Queries { get; } =
    [
        "SELECT * FROM customers",
        "SELECT name, tier FROM customers WHERE id > 4 AND tier > 1",
        "SELECT tier, count(*), sum(id), min(name) FROM customers GROUP BY tier",
        "SELECT DISTINCT name FROM customers",
        "SELECT o.id, c.name, c.tier FROM orders o JOIN customers c ON o.cid = c.id",
        "SELECT o.id, c.name, c.tier FROM orders o LEFT JOIN customers c ON o.cid = c.id",
        "SELECT a.id, b.id FROM customers a JOIN customers b ON a.name = b.name AND a.tier < b.tier",
        "SELECT id FROM orders WHERE cid NOT IN (SELECT id FROM customers WHERE tier IS NOT NULL)",
        "SELECT id, row_number() OVER (PARTITION BY name ORDER BY id) FROM customers",
        "SELECT count(*) FROM (SELECT id FROM customers LIMIT 100) AS l",
        "WITH RECURSIVE r(id) AS (SELECT id FROM customers WHERE tier = 3 UNION SELECT c.id FROM customers c JOIN r ON c.id = r.id + 1) SELECT id FROM r",
    ];

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task A_stream_over_a_table_with_a_key_adds_up_to_the_answer_of_a_batch(string sql)
    {
        using StreamTable customers = (await StreamTable.OfAsync("customers", Customers)).Keyed(["id"]);
        using StreamTable orders = await StreamTable.OfAsync("orders", Orders, ("ts", "ts"));
        await StreamKit.EqualsBatchAsync(sql, [customers, orders]);
    }

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task The_same_is_so_where_a_column_says_which_row_is_the_latest(string sql)
    {
        using StreamTable customers = (await StreamTable.OfAsync("customers", Customers)).Keyed(["id"], "version");
        using StreamTable orders = await StreamTable.OfAsync("orders", Orders, ("ts", "ts"));
        await StreamKit.EqualsBatchAsync(sql, [customers, orders]);
    }

    [Fact]
    public async Task Every_row_can_make_a_change_of_its_own()
    {
        using StreamTable customers = (await StreamTable.OfAsync("customers", Customers)).Keyed(["id"]);
        var every = new StreamSettings { EmitsEveryRecord = true };
        await StreamKit.EqualsBatchAsync("SELECT * FROM customers", [customers], every);
        List<(string Row, long Weight)> changes = await StreamKit.ChangesAsync("SELECT id, version FROM customers", [customers], new StreamVariant(8192, 1), every);
        Assert.Equal(120, changes.Count(c => c.Weight == 1));
        Assert.Equal(120 - 23, changes.Count(c => c.Weight == -1));
    }

    [Fact]
    public async Task The_row_that_comes_last_is_the_one_that_is_held()
    {
        using StreamTable all = await StreamTable.OfAsync("customers", Customers);
        List<string[]> rows = [.. (await StreamKit.ChangesAsync("SELECT id, name, tier FROM customers", [all], new StreamVariant(8192, 1))).Select(c => c.Row.Split('|'))];
        List<string> expected = [.. rows.GroupBy(r => r[0]).Select(g => string.Join('|', g.Last())).Order(StringComparer.Ordinal)];
        using StreamTable customers = (await StreamTable.OfAsync("customers", Customers)).Keyed(["id"]);
        Assert.Equal(expected, await StreamKit.BatchAsync("SELECT id, name, tier FROM customers", [customers]));
    }

    [Fact]
    public async Task The_greatest_version_is_held_and_of_equal_ones_the_last()
    {
        const string rows = "SELECT * FROM (VALUES (1, 5, 'a'), (1, 3, 'b'), (2, NULL, 'c'), (2, 1, 'd'), (3, 4, 'e'), (3, 4, 'f'), (1, 4, 'g'), (2, NULL, 'h')) AS t(id, v, x)";
        using StreamTable table = (await StreamTable.OfAsync("t", rows)).Keyed(["id"], "v");
        Assert.Equal(["1|a", "2|d", "3|f"], await StreamKit.BatchAsync("SELECT id, x FROM t", [table]));
        await StreamKit.EqualsBatchAsync("SELECT id, x FROM t", [table], variants: [new(1, 1), new(2, 2), new(8192, 3), new(1, 2) { Restarts = 3 }]);
    }

    [Fact]
    public async Task A_row_whose_other_columns_are_null_is_a_row()
    {
        using StreamTable table = (await StreamTable.OfAsync("t", "SELECT * FROM (VALUES (1, 'a'), (1, NULL)) AS t(id, x)")).Keyed(["id"]);
        Assert.Equal(["1|NULL"], [.. (await StreamKit.BatchAsync("SELECT id, coalesce(x, 'NULL') FROM t", [table]))]);
    }

    [Fact]
    public async Task Rows_that_change_nothing_give_nothing()
    {
        using StreamTable table = (await StreamTable.OfAsync("t", "SELECT n % 3 AS id, 'same' AS x FROM generate_series(1, 60) AS s(n)")).Keyed(["id"]);
        Assert.Equal(3, (await StreamKit.ChangesAsync("SELECT id, x FROM t", [table], new StreamVariant(4, 2))).Count);
    }

    [Fact]
    public async Task A_key_of_several_columns_with_nulls_is_a_key()
    {
        using StreamTable table = (await StreamTable.OfAsync("t", "SELECT n % 3 AS a, CASE WHEN n % 2 = 0 THEN 'x' END AS b, n FROM generate_series(1, 40) AS s(n)")).Keyed(["a", "b"]);
        Assert.Equal(["0|-|39", "0|x|36", "1|-|37", "1|x|40", "2|-|35", "2|x|38"], await StreamKit.BatchAsync("SELECT a, coalesce(b, '-'), n FROM t", [table]));
        await StreamKit.EqualsBatchAsync("SELECT a, b, n FROM t", [table]);
    }

    [Theory]
    [InlineData("SELECT o.id, c.name FROM orders o JOIN customers FOR SYSTEM_TIME AS OF o.ts AS c ON o.cid = c.id")]
    [InlineData("SELECT o.id, c.name FROM orders o LEFT JOIN customers FOR SYSTEM_TIME AS OF o.ts AS c ON c.id = o.cid")]
    public async Task A_lookup_by_time_sees_all_versions_and_takes_nothing_back(string sql)
    {
        using StreamTable orders = await StreamTable.OfAsync("orders", Orders, ("ts", "ts"));
        using StreamTable customers = (await StreamTable.OfAsync("customers", Customers, ("ts", "ts"))).Keyed(["id"]);
        using StreamTable versions = await StreamTable.OfAsync("customers", Customers, ("ts", "ts"));
        await StreamKit.EqualsBatchAsync(sql, [orders, customers]);
        Assert.Equal(await StreamKit.BatchAsync(sql, [orders, versions]), await StreamKit.BatchAsync(sql, [orders, customers]));
        Assert.False((await StreamKit.PlanAsync(sql, [orders, customers])).IsChanges);
    }

    [Theory]
    [InlineData("SELECT o.id FROM orders o JOIN customers FOR SYSTEM_TIME AS OF o.ts AS c ON o.cid = c.tier", "MR5117", "does not say which 'id'")]
    [InlineData("SELECT o.id FROM orders o JOIN customers FOR SYSTEM_TIME AS OF PROCTIME() AS c ON o.cid = c.id", "MR5117", "time of processing")]
    public async Task A_lookup_that_cannot_be_right_is_refused(string sql, string code, string message)
    {
        using StreamTable orders = await StreamTable.OfAsync("orders", Orders, ("ts", "ts"));
        using StreamTable customers = (await StreamTable.OfAsync("customers", Customers, ("ts", "ts"))).Keyed(["id"]);
        MillraceException refused = await Assert.ThrowsAsync<MillraceException>(() => StreamKit.PlanAsync(sql, [orders, customers]));
        Assert.Equal(code, refused.Code.Id);
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_key_tells_the_rows_of_the_result_apart()
    {
        using StreamTable customers = (await StreamTable.OfAsync("customers", Customers)).Keyed(["id"]);
        StreamPlan plan = await StreamKit.PlanAsync("SELECT name, id FROM customers", [customers]);
        Assert.Equal([1], plan.Key);
        Assert.True(plan.IsChanges);
    }

    [Fact]
    public async Task Only_a_number_or_a_time_says_which_row_is_the_latest()
    {
        using StreamTable customers = (await StreamTable.OfAsync("customers", Customers)).Keyed(["id"], "name");
        MillraceException refused = await Assert.ThrowsAsync<MillraceException>(() => StreamKit.PlanAsync("SELECT id FROM customers", [customers]));
        Assert.Equal("MR5106", refused.Code.Id);
    }
}
