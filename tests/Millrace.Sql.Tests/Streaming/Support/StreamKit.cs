using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Catalog;
using Millrace.Sql.Execution;
using Millrace.Sql.Functions;
using Millrace.Sql.Parsing;
using Millrace.Sql.Streaming;
using Millrace.TestKit;

namespace Millrace.Sql.Tests.Streaming;

/// <summary>
/// Runs queries over streams to the end of their input, and folds what they give. The rule behind it: that is the result of
/// the same query over the same tables by the batch engine.
/// </summary>
internal static class StreamKit
{
    /// <summary>The folded result of a stream: rows as text, sorted.</summary>
    public static async Task<List<string>> RunAsync(string sql, IReadOnlyList<StreamTable> tables, StreamVariant variant, StreamSettings? settings = null)
        => Fold(await ChangesAsync(sql, tables, variant, settings));

    /// <summary>The result of the batch engine: rows as text, sorted.</summary>
    public static async Task<List<string>> BatchAsync(string sql, IReadOnlyList<StreamTable> tables)
    {
        QueryResult result = await SqlEngine.QueryAsync(Parse(sql), CatalogOf(tables), BuiltInFunctions.Table, new QueryContext { Lanes = 1 }, default);
        var rows = new List<string>();
        await foreach (RecordBatch batch in result.Rows)
        {
            using (batch)
            {
                rows.AddRange(Enumerable.Range(0, batch.Length).Select(r => Text(batch, r, batch.Schema.Count)));
            }
        }

        rows.Sort(StringComparer.Ordinal);
        return rows;
    }

    /// <summary>Asserts the rule in all variants, and that nothing is left unreleased.</summary>
    public static async Task EqualsBatchAsync(string sql, IReadOnlyList<StreamTable> tables, StreamSettings? settings = null, IReadOnlyList<StreamVariant>? variants = null)
    {
        List<string> expected = await BatchAsync(sql, tables);
        foreach (StreamVariant variant in variants ?? StreamVariant.Usual)
        {
            await LeakCheck.RunAsync(async () =>
            {
                List<string> folded = await RunAsync(sql, tables, variant, settings);
                Assert.True(expected.SequenceEqual(folded), $"{variant}: {sql}\nexpected:\n{string.Join('\n', expected.Except(folded).Take(10))}\nfound:\n{string.Join('\n', folded.Except(expected).Take(10))}\n({expected.Count} and {folded.Count} rows)");
            });
        }
    }

    /// <summary>What a stream gives, in its order: rows as text, with their weights.</summary>
    public static async Task<List<(string Row, long Weight)>> ChangesAsync(string sql, IReadOnlyList<StreamTable> tables, StreamVariant variant, StreamSettings? settings = null)
    {
        StreamPlan plan = await PlanAsync(sql, tables, settings);
        using var driver = new StreamDriver(plan, tables, variant, settings ?? new StreamSettings());
        return await driver.RunAsync();
    }

    public static async Task<StreamPlan> PlanAsync(string sql, IReadOnlyList<StreamTable> tables, StreamSettings? settings = null)
    {
        BoundQuery bound = await BindAsync(sql, tables);
        return await StreamPlanner.PlanAsync(bound, BuiltInFunctions.Table, settings ?? new StreamSettings(), default);
    }

    public static async Task<BoundQuery> BindAsync(string sql, IReadOnlyList<StreamTable> tables)
        => await QueryBinder.BindAsync(Parse(sql), CatalogOf(tables), BuiltInFunctions.Table, default);

    /// <summary>The rows that are left when changes are added up, each as often as it counts. A row that counts less than zero is a fault.</summary>
    public static List<string> Fold(IEnumerable<(string Row, long Weight)> changes)
    {
        var rows = new List<string>();
        foreach (IGrouping<string, long> row in changes.GroupBy(c => c.Row, c => c.Weight))
        {
            long weight = row.Sum();
            Assert.True(weight >= 0, $"{row.Key} counts {weight}");
            rows.AddRange(Enumerable.Repeat(row.Key, (int)weight));
        }

        rows.Sort(StringComparer.Ordinal);
        return rows;
    }

    internal static string Text(RecordBatch batch, int row, int columns) => string.Join('|', Enumerable.Range(0, columns).Select(c => ColumnText.Plain(batch[c], row)));

    private static QuerySyntax Parse(string sql) => ((QueryStatement)SqlParser.ParseStatement(new SourceText(sql))).Query;

    private static MemoryCatalog CatalogOf(IReadOnlyList<StreamTable> tables)
    {
        var catalog = new MemoryCatalog();
        foreach (StreamTable table in tables)
        {
            catalog.Add(table);
        }

        return catalog;
    }
}
