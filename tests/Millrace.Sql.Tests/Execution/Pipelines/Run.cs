using Millrace.Sql.Execution;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Tests.Execution.Pipelines;

/// <summary>Runs plans to their end.</summary>
internal static class Run
{
    /// <summary>All rows as text, in order.</summary>
    public static Task<List<string>> RowsAsync(LogicalPlan plan, QueryContext? context = null) => RowsAsync(PhysicalPlanner.Plan(plan), context);

    /// <inheritdoc cref="RowsAsync(LogicalPlan, QueryContext?)"/>
    public static async Task<List<string>> RowsAsync(PhysicalNode node, QueryContext? context = null)
    {
        var rows = new List<string>();
        await foreach (RecordBatch batch in QueryExecutor.ExecuteAsync(node, context ?? new QueryContext { Lanes = 2 }))
        {
            using (batch)
            {
                rows.AddRange(ColumnText.Rows(batch));
            }
        }

        return rows;
    }
}
