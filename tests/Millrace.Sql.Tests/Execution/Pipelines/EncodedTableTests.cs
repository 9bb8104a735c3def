using Millrace.Sql.Catalog;
using Millrace.Sql.Execution;
using Millrace.Sql.Functions;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Tests.Execution.Pipelines;

/// <summary>Tables whose texts come as dictionaries give the same answers, wherever in a plan these are decoded.</summary>
public sealed class EncodedTableTests
{
    [Theory]
    [InlineData("SELECT * FROM t")]
    [InlineData("SELECT a, upper(b), n FROM t WHERE a > 'b' AND b IS NOT NULL")]
    [InlineData("SELECT a, b, count(*), sum(n), min(b), count(a) FROM t GROUP BY a, b")]
    [InlineData("SELECT upper(a), coalesce(b, 'none'), count(DISTINCT b) FROM t WHERE a IN ('a', 'b', 'ab') GROUP BY upper(a), coalesce(b, 'none')")]
    [InlineData("SELECT a, b, sum(n) FROM t GROUP BY ROLLUP (a, b)")]
    [InlineData("SELECT x.a, y.b, x.n FROM t x JOIN t y ON x.a = y.b AND x.n = y.n WHERE x.b LIKE '%a%'")]
    [InlineData("SELECT a, n FROM t ORDER BY a DESC, n LIMIT 20")]
    [InlineData("SELECT a || '-' || b FROM t WHERE a = b OR length(a) < 2")]
    [InlineData("SELECT a FROM t UNION ALL SELECT upper(b) FROM t WHERE n > 0")]
    [InlineData("SELECT DISTINCT a FROM t WHERE b NOT LIKE 'a%'")]
    [InlineData("SELECT a, row_number() OVER (PARTITION BY a ORDER BY n, b) FROM t")]
    [InlineData("SELECT CASE WHEN b IS NULL THEN 'nothing' WHEN b = '' THEN 'empty' ELSE substr(b, 1, 1) END, max(a) FROM t GROUP BY 1")]
    public async Task The_answers_are_those_of_plain_texts(string sql)
    {
        using var leaks = new LeakCheck();
        var random = new Random(sql.Length);
        var schema = new Schema(new Field("a", DataType.Utf8), new Field("b", DataType.Utf8), new Field("n", DataType.Int32));
        RecordBatch[] batches = [.. Enumerable.Range(0, 5).Select(_ => Batch(random, schema, 150))];
        using var plain = new MemoryTable("t", schema, batches);
        using var encoded = new MemoryTable("t", schema, [.. batches.Select(Encoded.Of)]);
        List<string> expected = await RunAsync(plain, sql);
        Assert.NotEmpty(expected);
        Assert.Equal(expected, await RunAsync(encoded, sql));
    }

    private static RecordBatch Batch(Random random, Schema schema, int rows)
    {
        using var a = new BinaryBuilder(DataType.Utf8);
        using var b = new BinaryBuilder(DataType.Utf8);
        using var n = new FixedBuilder<int>(DataType.Int32);
        for (int row = 0; row < rows; row++)
        {
            Append(a, random);
            Append(b, random);
            n.Append(random.Next(-5, 6));
        }

        return new RecordBatch(schema, rows, a.Build(), b.Build(), n.Build());
    }

    private static void Append(BinaryBuilder builder, Random random)
    {
        if (random.Next(8) == 0)
        {
            builder.AppendNull();
        }
        else
        {
            builder.Append(System.Text.Encoding.UTF8.GetBytes(new string([.. Enumerable.Range(0, random.Next(4)).Select(_ => (char)('a' + random.Next(3)))])));
        }
    }

    private static async Task<List<string>> RunAsync(MemoryTable table, string sql)
    {
        var catalog = new MemoryCatalog();
        catalog.Add(table);
        var rows = new List<string>();
        var query = (QueryStatement)SqlParser.ParseStatement(new SourceText(sql));
        QueryResult result = await SqlEngine.QueryAsync(query.Query, catalog, BuiltInFunctions.Table, new QueryContext { Lanes = 2 }, default);
        await foreach (RecordBatch batch in result.Rows)
        {
            using (batch)
            {
                rows.AddRange(Enumerable.Range(0, batch.Length).Select(r => string.Join('|', batch.Columns.Select(c => ColumnText.Plain(c, r)))));
            }
        }

        rows.Sort(StringComparer.Ordinal);
        return rows;
    }
}
