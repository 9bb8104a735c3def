using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>
/// A function that sees its partition in one piece: that of a frame or of the rows near by where these are enough, else its
/// arguments alone in the whole partition, for which there must be memory.
/// </summary>
internal sealed class GatheredFunction(LargePartition partition, WindowFunctionColumn call) : PagedCall
{
    // Arguments and their copy in one piece.
    private const int Copies = 2;

    // The result, and the numbers of peers and frames of a row.
    private const int BytesOfRow = 64;

    private readonly Reservation _reservation = new(partition.Context.Memory);
    private readonly RowFaults _faults = new();
    private Column? _all;

    public override Column Compute(PartitionPage page, RowFaults faults)
    {
        if (_all is null && (call.UsesFrame || call.LooksBack is not null))
        {
            PageFrames frames = call.UsesFrame ? page.Frames(call.Frame) : RowsBefore(page, call.LooksBack!.Value);
            using NearRows? near = NearRows.Of(page, partition, frames, isOnlyWay: false);
            if (near is not null)
            {
                var own = new RowFaults();
                Column results = near.OfPage(WindowCalls.Function(call, near.Block, call.UsesFrame ? near.Bounds : null, own, partition.Context.Cancellation));
                near.Pass(own, faults);
                return results;
            }
        }

        _all ??= All();
        foreach (RowFault fault in _faults.All.Where(f => f.Row >= page.First && f.Row < page.First + page.Count))
        {
            faults.Add(fault with { Row = (int)(fault.Row - page.First) });
        }

        return _all.Slice((int)page.First, page.Count);
    }

    public override void Dispose()
    {
        _all?.Dispose();
        _reservation.Dispose();
    }

    private static PageFrames RowsBefore(PartitionPage page, int count)
    {
        var start = new long[page.Count];
        var end = new long[page.Count];
        for (int row = 0; row < start.Length; row++)
        {
            start[row] = Math.Max(0, page.First + row - count);
            end[row] = page.First + row + 1;
        }

        return new PageFrames(page, Parsing.FrameExclusion.NoOthers, start, end);
    }

    private Column All()
    {
        PartitionPages pages = partition.Pages;
        int[] columns = [.. call.Arguments.Distinct()];
        var pieces = new List<RecordBatch>();
        try
        {
            var numbers = new BlockNumbers(pages.Rows < int.MaxValue ? (int)pages.Rows : throw TooLarge());
            long bytes = pages.Rows * BytesOfRow;
            for (int number = 0; number < pages.Count; number++)
            {
                using var page = new PartitionPage(partition, number);
                pieces.Add(page.Rows.Select(columns));
                bytes += pieces[^1].ByteSize * Copies;
                if (!_reservation.TryHold(bytes))
                {
                    throw TooLarge();
                }

                numbers.Add(page, call.UsesFrame ? page.Frames(call.Frame) : null);
            }

            using RecordBatch rows = Concat.Batches(pieces);
            WindowFunctionColumn ofArguments = call with { Arguments = [.. call.Arguments.Select(a => Array.IndexOf(columns, a))] };
            return WindowCalls.Function(ofArguments, numbers.Block(rows), call.UsesFrame ? numbers.Bounds : null, _faults, partition.Context.Cancellation);
        }
        finally
        {
            pieces.ForEach(p => p.Dispose());
        }
    }

    private MillraceException TooLarge()
        => SpillErrors.MemoryExhausted($"The arguments of the function of '{call.Field.Name}' in one partition of a window", partition.Context.Memory.Limit);
}
