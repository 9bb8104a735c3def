using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>
/// The rows around a page that its frames reach, as a block in memory: what a frame does not reach does not matter to it, so
/// calls are computed over them as over a whole partition.
/// </summary>
internal sealed class NearRows : IDisposable
{
    // The rows, their copy in one piece, what is made of them; and numbers of each row.
    private const int Copies = 3;
    private const int BytesOfNumbers = 128;

    private readonly Reservation _reservation;
    private readonly RecordBatch _rows;
    private readonly int _first;
    private readonly int _count;

    private NearRows(PartitionPage page, LargePartition partition, PageFrames frames, Reservation reservation, long start, long end)
    {
        _reservation = reservation;
        _rows = partition.Pages.Read(start, end);
        _first = (int)(page.First - start);
        _count = page.Count;
        Block = new WindowBlock(_rows, [], partition.Order);
        Bounds = Shift(frames, start);
    }

    public WindowBlock Block { get; }

    public FrameBounds Bounds { get; }

    /// <summary>The rows that frames reach; null where they are too many.</summary>
    /// <param name="page">The page.</param>
    /// <param name="partition">Its partition.</param>
    /// <param name="frames">Its frames.</param>
    /// <param name="isOnlyWay">Whether there is no other way, so that only memory says how many are too many.</param>
    public static NearRows? Of(PartitionPage page, LargePartition partition, PageFrames frames, bool isOnlyWay)
    {
        (long start, long end) = (page.First, page.First + page.Count);
        for (int row = 0; row < page.Count; row++)
        {
            if (frames.Start[row] < frames.End[row])
            {
                start = Math.Min(start, frames.Start[row]);
                end = Math.Max(end, frames.End[row]);
            }
        }

        long rows = end - start;
        if (rows > (long)partition.Paging.NearPages * partition.Pages.PageRows && !(isOnlyWay && rows < int.MaxValue / Copies))
        {
            return null;
        }

        var reservation = new Reservation(partition.Context.Memory);
        long bytesOfRow = (partition.Pages.Bytes / partition.Pages.Rows) + 1;
        if (!reservation.TryHold(rows * ((bytesOfRow * Copies) + BytesOfNumbers)))
        {
            reservation.Dispose();
            return null;
        }

        return new NearRows(page, partition, frames, reservation, start, end);
    }

    /// <summary>The results of the page's rows; takes those of all rows over.</summary>
    public Column OfPage(Column all)
    {
        using (all)
        {
            return all.Slice(_first, _count);
        }
    }

    /// <summary>Passes on the faults of the page's rows.</summary>
    public void Pass(RowFaults own, RowFaults faults)
    {
        foreach (RowFault fault in own.All)
        {
            if (fault.Row >= _first && fault.Row < _first + _count)
            {
                faults.Add(fault with { Row = fault.Row - _first });
            }
        }
    }

    public void Dispose()
    {
        _rows.Dispose();
        _reservation.Dispose();
    }

    // Rows of other pages have empty frames, so that they cost nothing: in front at the first row, behind at the last.
    private FrameBounds Shift(PageFrames frames, long start)
    {
        int rows = _rows.Length;
        var bounds = new FrameBounds(rows);
        bounds.Start.AsSpan(_first + _count).Fill(rows);
        bounds.End.AsSpan(_first + _count).Fill(rows);
        for (int row = 0; row < _count; row++)
        {
            bool isEmpty = frames.Start[row] >= frames.End[row];
            bounds.Start[_first + row] = isEmpty ? _first + row : (int)(frames.Start[row] - start);
            bounds.End[_first + row] = isEmpty ? _first + row : (int)(frames.End[row] - start);
        }

        return bounds;
    }
}
