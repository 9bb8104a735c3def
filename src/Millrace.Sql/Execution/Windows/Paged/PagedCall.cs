using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>A call over a partition on disk.</summary>
internal abstract class PagedCall : IDisposable
{
    /// <summary>The results of a page's rows, which the caller owns. Pages are asked for once each, in order.</summary>
    /// <param name="page">The page.</param>
    /// <param name="faults">Gets the rows that have no result, numbered in the page.</param>
    public abstract Column Compute(PartitionPage page, RowFaults faults);

    public virtual void Dispose()
    {
    }
}
