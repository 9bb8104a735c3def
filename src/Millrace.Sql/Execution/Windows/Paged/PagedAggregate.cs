using Millrace.Columnar;
using Millrace.Sql.Functions;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Execution;

/// <summary>
/// An aggregate over a partition on disk. Frames near their rows are computed as in memory. Of others, pages that lie in them
/// whole are taken from a tree of the states of all pages, and what is left at their ends from trees over the rows of a page.
/// </summary>
internal sealed class PagedAggregate(LargePartition partition, WindowAggregateColumn call) : PagedCall
{
    private readonly Reservation _reservation = new(partition.Context.Memory);
    private readonly FirstOccurrences? _distinct = call.Distinct ? new FirstOccurrences(partition, call) : null;
    private readonly bool _isWhole = call.Frame is { Start: FrameBoundKind.UnboundedPreceding, End: FrameBoundKind.UnboundedFollowing, Exclusion: FrameExclusion.NoOthers };
    private readonly RowFaults _wholeFaults = new();
    private Column? _whole;
    private Accumulator? _pageStates;
    private StateTree? _pageTree;
    private (int Page, Accumulator States, StateTree Tree)? _rowTree;

    public override Column Compute(PartitionPage page, RowFaults faults)
    {
        if (_isWhole)
        {
            return Whole(page, faults);
        }

        PageFrames frames = page.Frames(call.Frame);
        using NearRows? near = NearRows.Of(page, partition, frames, isOnlyWay: _distinct is { Serves: false });
        if (near is not null)
        {
            var own = new RowFaults();
            Column results = near.OfPage(FrameAggregate.Compute(call, near.Block, near.Bounds, own, partition.Context.Cancellation));
            near.Pass(own, faults);
            return results;
        }

        if (_distinct is { Serves: false })
        {
            throw SpillErrors.MemoryExhausted("The rows of one frame whose different values are asked for", partition.Context.Memory.Limit);
        }

        return Far(page, frames, faults);
    }

    public override void Dispose()
    {
        _rowTree?.States.Dispose();
        _pageStates?.Dispose();
        _whole?.Dispose();
        _distinct?.Dispose();
        _reservation.Dispose();
    }

    // One state for all rows.
    private Column Whole(PartitionPage page, RowFaults faults)
    {
        if (_whole is null)
        {
            using Accumulator state = call.Create();
            state.Resize(1);
            for (int number = 0; number < partition.Pages.Count; number++)
            {
                using RecordBatch rows = partition.Pages.Read(number);
                Fill(number, rows, state, new int[rows.Length]);
                Hold(state.ByteSize);
            }

            _whole = state.Results(0, 1, _wholeFaults);
            Hold(_whole.ByteSize);
        }

        for (int row = 0; row < page.Count && _wholeFaults.Any; row++)
        {
            faults.Add(_wholeFaults.All[0] with { Row = row });
        }

        return Take.Rows(_whole, new int[page.Count]);
    }

    private Column Far(PartitionPage page, PageFrames frames, RowFaults faults)
    {
        var frameOf = new int[page.Count];
        var stages = new List<List<Piece>>();
        int count = 0;
        Span<(long Start, long End)> ranges = stackalloc (long, long)[PageFrames.MaxRanges];
        for (int row = 0; row < frameOf.Length; row++)
        {
            if (!frames.IsRepeated(row))
            {
                int stage = 0;
                int number = frames.Ranges(row, ranges);
                for (int i = 0; i < number; i++)
                {
                    Cut(count, ranges[i], stages, ref stage);
                }

                count++;
            }

            frameOf[row] = count - 1;
        }

        using Accumulator states = call.Create();
        states.Resize(count);
        foreach (List<Piece> stage in stages)
        {
            Add(stage, states);
        }

        var own = new RowFaults();
        using Column results = states.Results(0, count, own);
        foreach (RowFault fault in own.All)
        {
            for (int row = 0; row < frameOf.Length; row++)
            {
                if (frameOf[row] == fault.Row)
                {
                    faults.Add(row, fault.Code, fault.Message);
                }
            }
        }

        return Take.Rows(results, frameOf);
    }

    // Pieces of one frame are in different stages, so that they are added in their order.
    private void Cut(int frame, (long Start, long End) range, List<List<Piece>> stages, ref int stage)
    {
        PartitionPages pages = partition.Pages;
        int first = pages.PageOf(range.Start);
        int last = pages.PageOf(range.End - 1);
        bool wholeFirst = range.Start == pages.FirstRow(first) && range.End >= pages.FirstRow(first) + pages.RowsOf(first);
        bool wholeLast = range.End == pages.FirstRow(last) + pages.RowsOf(last) && range.Start <= pages.FirstRow(last);
        int wholeFrom = wholeFirst ? first : first + 1;
        int wholeTo = wholeLast ? last + 1 : last;
        if (!wholeFirst)
        {
            long end = Math.Min(range.End, pages.FirstRow(first) + pages.RowsOf(first));
            Put(new Piece(frame, first, (int)(range.Start - pages.FirstRow(first)), (int)(end - pages.FirstRow(first))), stages, ref stage);
        }

        if (wholeFrom < wholeTo)
        {
            Put(new Piece(frame, Piece.Whole, wholeFrom, wholeTo), stages, ref stage);
        }

        if (!wholeLast && last > first)
        {
            Put(new Piece(frame, last, 0, (int)(range.End - pages.FirstRow(last))), stages, ref stage);
        }
    }

    private static void Put(Piece piece, List<List<Piece>> stages, ref int stage)
    {
        if (stages.Count == stage)
        {
            stages.Add([]);
        }

        stages[stage++].Add(piece);
    }

    private void Add(List<Piece> pieces, Accumulator states)
    {
        foreach (IGrouping<int, Piece> ofPage in pieces.GroupBy(p => p.Page))
        {
            StateTree tree = ofPage.Key == Piece.Whole ? Pages() : RowsOf(ofPage.Key);
            Column[] exported = tree.Export([.. ofPage.Select(p => (p.Start, p.End))]);
            try
            {
                states.Import(exported, ofPage.Select(p => p.Frame).ToArray());
            }
            finally
            {
                Array.ForEach(exported, c => c.Dispose());
            }
        }

        Hold(states.ByteSize);
    }

    private StateTree Pages()
    {
        if (_pageTree is null)
        {
            int pages = partition.Pages.Count;
            _pageStates = call.Create();
            _pageStates.Resize(pages * 2);
            for (int page = 0; page < pages; page++)
            {
                using RecordBatch rows = partition.Pages.Read(page);
                var leaves = new int[rows.Length];
                Array.Fill(leaves, pages + page);
                Fill(page, rows, _pageStates, leaves);
                Hold(0);
            }

            _pageTree = new StateTree(_pageStates, pages, partition.Context.Cancellation);
            Hold(0);
        }

        return _pageTree;
    }

    private StateTree RowsOf(int page)
    {
        if (_rowTree is not { } tree || tree.Page != page)
        {
            _rowTree?.States.Dispose();
            _rowTree = null;
            using RecordBatch rows = partition.Pages.Read(page);
            Accumulator states = call.Create();
            _rowTree = (page, states, null!);
            states.Resize(rows.Length * 2);
            Fill(page, rows, states, [.. Enumerable.Range(rows.Length, rows.Length)]);
            _rowTree = tree = (page, states, new StateTree(states, rows.Length, partition.Context.Cancellation));
        }

        return tree.Tree;
    }

    private void Fill(int page, RecordBatch rows, Accumulator states, int[] groups)
    {
        if (_distinct is not null)
        {
            _distinct.LeaveOutOthers(page, groups);
        }

        new AggregateInput(call, rows).AddByGroup(states, groups);
    }

    // States of sums are small, but those of aggregates that keep all values are not.
    private void Hold(long more)
    {
        long bytes = more + (_pageStates?.ByteSize ?? 0);
        if (!_reservation.TryHold(bytes))
        {
            throw SpillErrors.MemoryExhausted("The values that an aggregate keeps of one partition of a window", partition.Context.Memory.Limit, bytes);
        }
    }

    /// <param name="Frame">The frame that it is part of.</param>
    /// <param name="Page">The page whose rows it is; <see cref="Whole"/> for pages.</param>
    /// <param name="Start">First row in the page, or first page.</param>
    /// <param name="End">Behind the last.</param>
    private readonly record struct Piece(int Frame, int Page, int Start, int End)
    {
        public const int Whole = -1;
    }
}
