using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>A function that is computed page by page, and finds values of other pages by the numbers of their rows.</summary>
internal sealed class PagedFunction(LargePartition partition, WindowFunctionColumn call, PagedWindowKernel kernel) : PagedCall
{
    private readonly PartitionValues _values = new(partition.Pages, call.Arguments);

    public override Column Compute(PartitionPage page, RowFaults faults)
    {
        using ColumnBuilder results = ColumnBuilder.Create(call.Field.Type, page.Count);
        Vector[] arguments = [.. call.Arguments.Select(a => new Vector(page.Rows[a]))];
        kernel(
            new PagedWindowCall(page, call.UsesFrame ? page.Frames(call.Frame) : null, partition.Pages.Rows, arguments, _values, call.IgnoreNulls),
            results);
        return results.Build();
    }
}
