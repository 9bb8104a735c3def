using Millrace.Columnar;
using Millrace.Sql.Catalog;
using Millrace.Sql.Execution;
using Millrace.Sql.Functions;
using Millrace.Sql.Parsing;
using Millrace.TestKit;

namespace Millrace.Sql.Tests.Execution;

/// <summary>Runs queries without tables, from text to text.</summary>
internal static class SqlRows
{
    /// <summary>The rows, values parted by bars.</summary>
    public static async Task<List<string>> RunAsync(string sql, int lanes = 2, MemoryBudget? memory = null, int? maxRecursion = null)
    {
        var rows = new List<string>();
        await LeakCheck.RunAsync(async () =>
        {
            var context = new QueryContext { Lanes = lanes, Memory = memory ?? new MemoryBudget(long.MaxValue), MaxRecursion = maxRecursion ?? 1000 };
            var query = (QueryStatement)SqlParser.ParseStatement(new SourceText(sql));
            QueryResult result = await SqlEngine.QueryAsync(query.Query, new MemoryCatalog(), BuiltInFunctions.Table, context, default);
            await foreach (RecordBatch batch in result.Rows)
            {
                using (batch)
                {
                    rows.AddRange(Enumerable.Range(0, batch.Length).Select(r => string.Join('|', batch.Columns.Select(c => ColumnText.Plain(c, r)))));
                }
            }
        });
        return rows;
    }

    /// <summary>The same in the order of the texts, for queries without an order.</summary>
    public static async Task<List<string>> SortedAsync(string sql, int lanes = 2)
    {
        List<string> rows = await RunAsync(sql, lanes);
        rows.Sort(StringComparer.Ordinal);
        return rows;
    }
}
