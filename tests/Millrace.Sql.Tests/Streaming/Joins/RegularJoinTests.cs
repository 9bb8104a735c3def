using Millrace.Sql.Streaming;

namespace Millrace.Sql.Tests.Streaming;

/// <summary>Joins without a bound in time: both sides are kept for ever.</summary>
[Trait("speed", "slow")]
public sealed class RegularJoinTests
{
    private const string Appends = "{0}";
    private const string Changes = "(SELECT k, max(v) AS v FROM {0} GROUP BY k, v % 3)";

    public static TheoryData<string, string, string, string> Joins()
    {
        var data = new TheoryData<string, string, string, string>();
        foreach (string kind in (string[])["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"])
        {
            foreach (string condition in (string[])["a.k = b.k", "a.k = b.k AND a.v < b.v", "a.k = b.k AND a.v % 5 = b.v % 5", "a.k IS NOT DISTINCT FROM b.k AND a.v > b.v"])
            {
                data.Add(kind, condition, Appends, Appends);
                data.Add(kind, condition, Changes, Appends);
                data.Add(kind, condition, Appends, Changes);
                data.Add(kind, condition, Changes, Changes);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Joins))]
    public async Task A_join_of_two_streams_is_the_join_of_two_tables(string kind, string condition, string left, string right)
    {
        string sql = $"SELECT a.k, a.v, b.k, b.v FROM {string.Format(null, left, "l")} a {kind} {string.Format(null, right, "r")} b ON {condition}";
        await EqualsBatchAsync(sql);
    }

    [Theory]
    [InlineData("SELECT k, v FROM {0} a WHERE EXISTS (SELECT 1 FROM {1} b WHERE a.k = b.k)")]
    [InlineData("SELECT k, v FROM {0} a WHERE EXISTS (SELECT 1 FROM {1} b WHERE a.k = b.k AND a.v > b.v + 20)")]
    [InlineData("SELECT k, v FROM {0} a WHERE NOT EXISTS (SELECT 1 FROM {1} b WHERE a.k = b.k)")]
    [InlineData("SELECT k, v FROM {0} a WHERE NOT EXISTS (SELECT 1 FROM {1} b WHERE a.k = b.k AND a.v > b.v + 20)")]
    [InlineData("SELECT k, v FROM {0} a WHERE k IN (SELECT k FROM {1} b)")]
    [InlineData("SELECT k, v FROM {0} a WHERE k NOT IN (SELECT k FROM {1} b)")]
    [InlineData("SELECT k, v FROM {0} a WHERE k NOT IN (SELECT k FROM {1} b WHERE k IS NOT NULL)")]
    [InlineData("SELECT k, v, EXISTS (SELECT 1 FROM {1} b WHERE a.k = b.k) FROM {0} a")]
    [InlineData("SELECT k, v, v IN (SELECT v FROM {1} b) FROM {0} a")]
    [InlineData("SELECT k, v, k IN (SELECT k FROM {1} b WHERE b.v > a.v) FROM {0} a")]
    [InlineData("SELECT k, v, (SELECT max(v) FROM {1} b WHERE a.k = b.k) FROM {0} a")]
    [InlineData("SELECT k, v, (SELECT v FROM {1} b WHERE a.k = b.k AND b.v = 17 AND b.k = 5 LIMIT 1) FROM {0} a")]
    [InlineData("SELECT k, v FROM {0} a WHERE v > (SELECT avg(v) FROM {1} b)")]
    [InlineData("SELECT k, v FROM {0} EXCEPT SELECT k, v FROM {1}")]
    [InlineData("SELECT k FROM {0} INTERSECT SELECT k FROM {1}")]
    [InlineData("SELECT k FROM {0} INTERSECT ALL SELECT k FROM {1}")]
    public async Task A_subquery_over_a_stream_is_that_over_a_table(string sql)
    {
        foreach (string left in (string[])[Appends, Changes])
        {
            foreach (string right in (string[])[Appends, Changes])
            {
                await EqualsBatchAsync(string.Format(null, sql, string.Format(null, left, "l"), string.Format(null, right, "r")));
            }
        }
    }

    [Theory]
    [InlineData("SELECT a.k, a.v, b.v FROM l a CROSS JOIN (SELECT v FROM r WHERE v > 60) b WHERE a.v > b.v + 20")]
    [InlineData("SELECT a.k, b.k, a.v FROM l a JOIN l b ON a.v = b.v + 1")]
    [InlineData("SELECT a.k, b.k, c.v FROM l a JOIN r b ON a.k = b.k LEFT JOIN l c ON c.v = b.v AND c.k = a.k WHERE a.v > 50")]
    [InlineData("SELECT a.k, count(*), sum(b.v) FROM l a LEFT JOIN r b ON a.k = b.k GROUP BY a.k")]
    [InlineData("SELECT x, v FROM (VALUES (1), (2), (NULL), (99)) t(x) LEFT JOIN l ON k = x")]
    [InlineData("SELECT a.v, b.v FROM l a FULL JOIN r b ON a.k + 1 = b.k * 2 AND a.v <> b.v")]
    [InlineData("SELECT v, t.w FROM l, LATERAL (SELECT max(v) AS w FROM r WHERE r.k = l.k) t")]
    public async Task Joins_of_many_shapes_are_those_of_tables(string sql) => await EqualsBatchAsync(sql);

    [Fact]
    public async Task An_inner_join_of_appends_only_appends_and_an_outer_one_takes_back()
    {
        using StreamTable l = await TableAsync("l", 1);
        using StreamTable r = await TableAsync("r", 2);
        Assert.False((await StreamKit.PlanAsync("SELECT a.v FROM l a JOIN r b ON a.k = b.k", [l, r])).IsChanges);
        Assert.False((await StreamKit.PlanAsync("SELECT a.v FROM l a WHERE k IN (SELECT k FROM r)", [l, r])).IsChanges);
        Assert.True((await StreamKit.PlanAsync("SELECT a.v FROM l a LEFT JOIN r b ON a.k = b.k", [l, r])).IsChanges);
    }

    [Fact]
    public async Task Joins_have_a_way_of_their_own()
    {
        using StreamTable l = await TableAsync("l", 1);
        using StreamTable r = await TableAsync("r", 2);
        StreamPlan plan = await StreamKit.PlanAsync("SELECT a.v, b.v FROM l a FULL JOIN r b ON a.k = b.k AND a.v < b.v", [l, r]);
        Assert.Contains(plan.Stages, s => s.Name == "Join");
        Assert.DoesNotContain(plan.Stages, s => s.Name == "Recompute");
        Assert.Contains("state.ttl", Assert.Single(plan.Warnings), StringComparison.Ordinal);
        Assert.Contains("l and r", plan.Warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_match_of_a_subquery_that_stands_for_a_value_is_an_error()
    {
        using StreamTable l = await TableAsync("l", 1);
        using StreamTable r = await TableAsync("r", 2);
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => StreamKit.RunAsync("SELECT k, (SELECT v FROM r WHERE r.k = l.k) FROM l", [l, r], new StreamVariant(7, 2)));
        Assert.Equal("MR5250", error.Code.Id);
    }

    // Few keys, some of them null; some rows twice.
    private static Task<StreamTable> TableAsync(string name, int seed) => StreamTable.OfAsync(name, $"""
        SELECT CASE WHEN n * {seed + 3} % 11 = 0 THEN NULL ELSE n * {(seed * 7) + 4} % 17 END AS k, cast(n / 2 * {seed + 28} % 83 AS bigint) AS v
        FROM generate_series(1, {70 + (seed * 20)}) AS s(n)
        """);

    private static async Task EqualsBatchAsync(string sql)
    {
        using StreamTable l = await TableAsync("l", 1);
        using StreamTable r = await TableAsync("r", 2);
        await StreamKit.EqualsBatchAsync(sql, [l, r]);
    }
}
