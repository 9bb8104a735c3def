using System.Diagnostics;
using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Catalog;
using Millrace.Sql.Execution;
using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;
using FunctionTable = Millrace.Sql.Functions.FunctionTable;

namespace Millrace.Sql;

/// <summary>The rows of a query.</summary>
/// <param name="Schema">Their columns.</param>
/// <param name="Rows">The rows, computed while they are read; each batch is the reader's to dispose.</param>
public sealed record QueryResult(Schema Schema, IAsyncEnumerable<RecordBatch> Rows);

/// <summary>From the syntax of a query to its rows: binding, rules, physical planning, lanes.</summary>
public static class SqlEngine
{
    /// <summary>Plans a query. It runs while its rows are read.</summary>
    /// <param name="query">The query.</param>
    /// <param name="catalog">What its tables are.</param>
    /// <param name="functions">What its functions are.</param>
    /// <param name="context">Limits, time, and what becomes of rows without a value.</param>
    /// <param name="cancellation">Stops the planning.</param>
    /// <param name="target">What its rows are put into, if that has a say in their columns.</param>
    public static async Task<QueryResult> QueryAsync(QuerySyntax query, ISqlCatalog catalog, FunctionTable functions, QueryContext context, CancellationToken cancellation, InsertTarget? target = null)
    {
        BoundQuery bound = await QueryBinder.BindAsync(query, catalog, functions, cancellation, target, sharesCommonRows: true).ConfigureAwait(false);
        Schema schema = SchemaOf(bound);
        return new QueryResult(schema, RenameAsync(QueryExecutor.ExecuteAsync(PhysicalPlanner.PlanQuery(bound.Plan), context, context.Cancellation), schema));
    }

    /// <summary>The plan of a query as text; with <paramref name="analyze"/> the query runs, and the plan says what each part of it took.</summary>
    public static async Task<string> ExplainAsync(QuerySyntax query, ISqlCatalog catalog, FunctionTable functions, QueryContext context, bool analyze, CancellationToken cancellation)
    {
        BoundQuery bound = await QueryBinder.BindAsync(query, catalog, functions, cancellation, sharesCommonRows: true).ConfigureAwait(false);
        PhysicalNode plan = PhysicalPlanner.PlanQuery(bound.Plan);
        if (!analyze)
        {
            return PhysicalPrinter.Print(plan);
        }

        long rows = 0;
        long start = Stopwatch.GetTimestamp();
        await foreach (RecordBatch batch in QueryExecutor.ExecuteAsync(plan, context, cancellation).ConfigureAwait(false))
        {
            rows += batch.Length;
            batch.Dispose();
        }

        return $"{PhysicalPrinter.Print(plan, context.Statistics)}{PhysicalPrinter.Summary(rows, Stopwatch.GetElapsedTime(start), context)}\n";
    }

    internal static Schema SchemaOf(BoundQuery bound)
        => new(bound.Plan.Output.Select((column, i) => column.ToField().WithName(bound.Names[i])));

    private static async IAsyncEnumerable<RecordBatch> RenameAsync(IAsyncEnumerable<RecordBatch> rows, Schema schema)
    {
        await foreach (RecordBatch batch in rows.ConfigureAwait(false))
        {
            using (batch)
            {
                yield return new RecordBatch(schema, batch.Length, [.. batch.Columns.Select(c => c.Share())]);
            }
        }
    }
}
