using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Tests.Execution;

/// <summary>Groups, joins and sorts of many rows finish however little memory there is.</summary>
[Trait("speed", "slow")]
public sealed class SmallMemoryTests
{
    public static TheoryData<string, string, long> Cases()
    {
        var cases = new TheoryData<string, string, long>();
        foreach (long limit in (long[])[0, 300_000, 1 << 20, 4 << 20])
        {
            cases.Add("SELECT count(*), sum(c), sum(s) FROM (SELECT n % 50000 AS k, count(*) AS c, sum(n) AS s FROM {rows} GROUP BY n % 50000) AS q", "50000|100000|5000050000", limit);
            cases.Add("SELECT count(*), sum(c) FROM (SELECT 'group ' || n % 50000 AS k, count(*) AS c FROM {rows} GROUP BY 'group ' || n % 50000) AS q", "50000|100000", limit);
            cases.Add("SELECT count(*), sum(c) FROM (SELECT n % 20000 AS k, n % 3 AS l, count(DISTINCT n % 7) AS c FROM {rows} GROUP BY n % 20000, n % 3) AS q", "60000|100000", limit);
            cases.Add("SELECT count(*), sum(length(s)) FROM (SELECT n % 30000 AS k, string_agg(n::varchar, ',' ORDER BY n) AS s FROM {rows} GROUP BY n % 30000) AS q", "30000|558895", limit);
            cases.Add("SELECT count(*), sum(c) FROM (SELECT n % 20000 AS k, n % 2 AS l, count(*) AS c FROM {rows} GROUP BY GROUPING SETS ((n % 20000, n % 2), (n % 2), ())) AS q", "20003|300000", limit);
            cases.Add("SELECT count(*) FROM (SELECT DISTINCT n % 70000, n % 2 FROM {rows}) AS q", "70000", limit);
            cases.Add("SELECT count(*), sum(a.n) FROM (SELECT n FROM {rows}) AS a JOIN (SELECT n, n * 2 AS m FROM {rows}) AS b ON a.n = b.m", "50000|2500050000", limit);
            cases.Add("SELECT count(*), count(b.n) FROM (SELECT n FROM {rows}) AS a LEFT JOIN (SELECT n, n * 2 AS m FROM {rows}) AS b ON a.n = b.m", "100000|50000", limit);
            cases.Add("SELECT count(*), sum(x) FROM (SELECT n % 60000 AS x FROM {rows} INTERSECT SELECT n * 2 FROM {rows}) AS q", "29999|899970000", limit);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_query_finishes(string sql, string expected, long limit)
    {
        var memory = new MemoryBudget(limit);
        sql = sql.Replace("{rows}", "generate_series(1, 100000) AS s(n)", StringComparison.Ordinal);
        Assert.Equal([expected], await SqlRows.RunAsync(sql, memory: memory));
        Assert.Equal(0, memory.Used);
        Assert.True(limit > 1 << 20 || memory.Spilled > 0, "Nothing went to disk.");
    }
}
