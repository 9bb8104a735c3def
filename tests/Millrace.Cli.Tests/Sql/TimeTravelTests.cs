using System.Globalization;
using Millrace.Columnar;
using Millrace.Runtime.Sql;
using Millrace.Sql.Parsing;
using Millrace.TestKit;

namespace Millrace.Cli.Tests.Sql;

/// <summary>Tables as they were.</summary>
public sealed class TimeTravelTests : IDisposable
{
    private readonly TempFolder _folder = new(inMemory: true);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_table_is_read_as_of_a_snapshot_and_as_of_a_time()
    {
        using SqlSession session = new(Composition.Connectors, _folder.Path);
        await RunAsync(session, "INSERT INTO 'iceberg://lake/orders' SELECT n AS id FROM generate_series(1, 3) AS t(n)");
        string snapshot = Assert.Single(await RunAsync(session, "SELECT snapshot_id FROM iceberg('lake/orders$snapshots')"));
        string time = Assert.Single(await RunAsync(session, "SELECT committed_at::varchar FROM iceberg('lake/orders$snapshots')"));
        await RunAsync(session, "INSERT INTO 'iceberg://lake/orders' SELECT n AS id FROM generate_series(4, 5) AS t(n)");
        await RunAsync(session, "CREATE TABLE orders WITH (location = 'iceberg://lake/orders')");

        Assert.Equal("5", await CountAsync(session, "iceberg('lake/orders')"));
        foreach (string table in new[] { "iceberg('lake/orders')", "'iceberg://lake/orders'", "orders" })
        {
            Assert.Equal("3", await CountAsync(session, $"{table} FOR VERSION AS OF {snapshot}"));
            Assert.Equal("3", await CountAsync(session, $"{table} FOR SYSTEM_VERSION AS OF '{snapshot}' AS o"));
            Assert.Equal("3", await CountAsync(session, $"{table} FOR TIMESTAMP AS OF '{time}'"));
            Assert.Equal("5", await CountAsync(session, $"{table} AS o FOR SYSTEM_TIME AS OF TIMESTAMP '2999-01-01 00:00:00'"));
            Assert.Equal("5", await CountAsync(session, $"{table} FOR VERSION AS OF 'main'"));
        }

        Assert.Equal(["2"], await RunAsync(session, $"SELECT count(*) FROM orders o ANTI JOIN orders FOR VERSION AS OF {snapshot} AS b ON o.id = b.id"));
        Assert.Equal("MR3415", (await Assert.ThrowsAsync<MillraceException>(() => CountAsync(session, "orders FOR VERSION AS OF 'mein'"))).Code.Id);
        Assert.Equal("MR3415", (await Assert.ThrowsAsync<MillraceException>(() => CountAsync(session, "orders FOR TIMESTAMP AS OF '1999-01-01'"))).Code.Id);
    }

    [Fact]
    public async Task A_time_without_a_zone_is_one_of_the_session()
    {
        using SqlSession session = new(Composition.Connectors, _folder.Path);
        await RunAsync(session, "INSERT INTO 'iceberg://lake/orders' SELECT 1 AS id");
        await RunAsync(session, "SET time_zone = 'Pacific/Kiritimati'");
        string now = DateTime.UtcNow.AddHours(1).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        Assert.Equal("MR3415", (await Assert.ThrowsAsync<MillraceException>(() => CountAsync(session, $"iceberg('lake/orders') FOR TIMESTAMP AS OF '{now}'"))).Code.Id);
        Assert.Equal("1", await CountAsync(session, $"iceberg('lake/orders') FOR TIMESTAMP AS OF '{now}Z'"));
    }

    [Fact]
    public async Task A_file_has_only_the_present()
    {
        using SqlSession session = new(Composition.Connectors, _folder.Path);
        File.WriteAllText(Path.Combine(_folder.Path, "a.csv"), "id\n1\n");
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => CountAsync(session, "'a.csv' FOR VERSION AS OF 1"));
        Assert.Equal("MR5291", error.Code.Id);
        Assert.Contains("'a.csv' has no states of the past", error.Message, StringComparison.Ordinal);
    }

    private static async Task<string> CountAsync(SqlSession session, string table) => Assert.Single(await RunAsync(session, $"SELECT count(*) FROM {table}"));

    // The first column of the rows, as text.
    private static async Task<List<string>> RunAsync(SqlSession session, string sql)
    {
        var rows = new List<string>();
        await using StatementResult result = await session.ExecuteAsync(SqlParser.ParseStatement(new SourceText(sql)), CancellationToken.None);
        if (result.Rows is not null)
        {
            await foreach (RecordBatch batch in result.Rows)
            {
                using (batch)
                {
                    rows.AddRange(Enumerable.Range(0, batch.Length).Select(r => batch[0] is BinaryColumn text ? text.GetString(r) : ((FixedColumn<long>)batch[0]).Values[r].ToString(CultureInfo.InvariantCulture)));
                }
            }
        }

        return rows;
    }
}
