using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Catalog;
using Millrace.Sql.Execution;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Streaming;

/// <summary>A plan over rows at hand, which is run again and again. Immutable.</summary>
/// <param name="columns">The variables of the columns of each input; in place of the input stands a table that has them by number.</param>
/// <param name="plan">The plan over such tables.</param>
internal sealed class BatchPlan(IReadOnlyList<IReadOnlyList<ColumnVariable>> columns, Func<IReadOnlyList<LogicalPlan>, LogicalPlan> plan)
{
    private readonly Schema[] _schemas = [.. columns.Select(c => new Schema(c.Select((v, i) => v.ToField().WithName($"#{i}"))))];

    /// <summary>The result of rows; the caller owns the batches.</summary>
    /// <param name="inputs">The rows of each input, which are taken over; further columns than those of the plan are left out.</param>
    /// <param name="context">What becomes of rows without a value.</param>
    /// <param name="cancellation">Stops it.</param>
    public async ValueTask<List<RecordBatch>> RunAsync(IReadOnlyList<IReadOnlyList<RecordBatch>> inputs, QueryContext context, CancellationToken cancellation)
    {
        MemoryTable[] tables = [.. inputs.Select((batches, i) => new MemoryTable($"input-{i}", _schemas[i], [.. batches.Select(rows => Renamed(rows, _schemas[i]))]))];
        var result = new List<RecordBatch>();
        try
        {
            PhysicalNode node = PhysicalPlanner.Plan(plan([.. tables.Select((t, i) => new LogicalScan(t, [.. columns[i].Select((v, n) => new ScanColumn(v, $"#{n}"))]))]));
            await foreach (RecordBatch batch in QueryExecutor.ExecuteAsync(node, context with { Lanes = 1 }, cancellation).ConfigureAwait(false))
            {
                result.Add(batch);
            }

            return result;
        }
        catch
        {
            result.ForEach(b => b.Dispose());
            throw;
        }
        finally
        {
            Array.ForEach(tables, t => t.Dispose());
        }
    }

    private static RecordBatch Renamed(RecordBatch rows, Schema schema)
    {
        using (rows)
        {
            return new RecordBatch(schema, rows.Length, [.. rows.Columns.Take(schema.Count).Select(c => c.Share())]);
        }
    }
}
