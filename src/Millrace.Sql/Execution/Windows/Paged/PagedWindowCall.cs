namespace Millrace.Sql.Execution;

/// <summary>Appends a result for each row of a page of a partition, in order. Pages come in order, so that it can go on from the last.</summary>
internal delegate void PagedWindowKernel(PagedWindowCall call, Columnar.ColumnBuilder results);

/// <summary>A page of a sorted partition that is on disk.</summary>
/// <param name="page">The page.</param>
/// <param name="frames">Of its rows; null unless the function uses frames.</param>
/// <param name="partitionRows">Rows of the partition.</param>
/// <param name="arguments">The arguments of the page's rows.</param>
/// <param name="values">Arguments of any rows.</param>
/// <param name="ignoreNulls">Whether rows whose first argument is null are passed over.</param>
internal sealed class PagedWindowCall(PartitionPage page, PageFrames? frames, long partitionRows, Vector[] arguments, PartitionValues values, bool ignoreNulls)
{
    /// <summary>Rows of the page.</summary>
    public int Rows => page.Count;

    /// <summary>The number of the page's first row.</summary>
    public long First => page.First;

    public long PartitionRows => partitionRows;

    public Vector[] Arguments => arguments;

    public PartitionValues Values => values;

    public bool IgnoreNulls => ignoreNulls;

    /// <summary>For each row the number of its group of equals, from 0.</summary>
    public long[] Groups => page.Groups;

    /// <summary>For each row the first row that is equal to it in the order.</summary>
    public long[] PeerStart => page.PeerStart;

    /// <summary>For each row the number behind the last row that is equal to it.</summary>
    public long[] PeerEnd => page.PeerEnd;

    public PageFrames Frames => frames!;
}
