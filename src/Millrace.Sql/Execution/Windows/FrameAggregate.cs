using Millrace.Columnar;
using Millrace.Sql.Functions;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Execution;

/// <summary>
/// An aggregate over the frames of a block. Rows with the same frame share its result. Frames that do not overlap are groups;
/// frames that grow or shrink are made by adding what is new to the one before; short frames are added up row by row; all
/// others are put together from a tree of states.
/// </summary>
internal static class FrameAggregate
{
    // Rows of an average frame up to which adding them one by one costs less than a tree.
    private const int ShortFrame = 12;

    /// <summary>A result for each row of the block; the caller owns the column.</summary>
    public static Column Compute(WindowAggregateColumn call, WindowBlock block, FrameBounds bounds, RowFaults faults, CancellationToken cancellation)
    {
        var input = new AggregateInput(call, block.Rows);
        FrameList frames = FrameList.Of(block, bounds, call.Frame.Exclusion);
        using Accumulator accumulator = call.Create();
        var own = new RowFaults();
        using Column results = Results(call, input, frames, accumulator, block.Rows.Length, own, cancellation);
        foreach (RowFault fault in own.All)
        {
            for (int row = 0; row < frames.FrameOf.Length; row++)
            {
                if (frames.FrameOf[row] == fault.Row)
                {
                    faults.Add(row, fault.Code, fault.Message);
                }
            }
        }

        return frames.IsRowByRow ? results.Share() : Take.Rows(results, frames.FrameOf);
    }

    private static Column Results(WindowAggregateColumn call, AggregateInput input, FrameList frames, Accumulator accumulator, int rows, RowFaults faults, CancellationToken cancellation)
    {
        if (!call.Distinct && call.Frame.Exclusion == FrameExclusion.NoOthers)
        {
            switch (frames.Shape())
            {
                case FrameShape.Disjoint:
                    accumulator.Resize(frames.Count);
                    input.AddByGroup(accumulator, frames.Groups(rows, FrameShape.Disjoint));
                    return accumulator.Results(0, frames.Count, faults);
                case FrameShape.Growing:
                    return Growing(call, input, frames, accumulator, rows, faults);
                case FrameShape.Shrinking:
                    return Shrinking(input, frames, accumulator, rows, faults);
            }
        }

        return call.Distinct || frames.TotalRows <= (long)ShortFrame * frames.Count
            ? FrameScan.Results(input, frames, accumulator, call.Distinct, faults, cancellation)
            : FrameTree.Results(input, frames, accumulator, rows, faults, cancellation);
    }

    private static Column Growing(WindowAggregateColumn call, AggregateInput input, FrameList frames, Accumulator accumulator, int rows, RowFaults faults)
    {
        // What is new in each frame, and behind it the frames themselves where the order of rows matters.
        accumulator.Resize(call.Ordered ? frames.Count * 2 : frames.Count);
        input.AddByGroup(accumulator, frames.Groups(rows, FrameShape.Growing));
        var from = new List<int>();
        var to = new List<int>();
        int shift = call.Ordered ? frames.Count : 0;
        for (int f = 0; f < frames.Count; f++)
        {
            if (f > 0 && frames.Start(f) == frames.Start(f - 1))
            {
                from.Add(shift + f - 1);
                to.Add(shift + f);
            }

            if (call.Ordered)
            {
                from.Add(f);
                to.Add(shift + f);
            }
        }

        Merge(accumulator, from, to);
        return accumulator.Results(shift, frames.Count, faults);
    }

    private static Column Shrinking(AggregateInput input, FrameList frames, Accumulator accumulator, int rows, RowFaults faults)
    {
        accumulator.Resize(frames.Count);
        input.AddByGroup(accumulator, frames.Groups(rows, FrameShape.Shrinking));
        var from = new List<int>();
        var to = new List<int>();
        for (int f = frames.Count - 2; f >= 0; f--)
        {
            if (frames.End(f) == frames.End(f + 1))
            {
                from.Add(f + 1);
                to.Add(f);
            }
        }

        Merge(accumulator, from, to);
        return accumulator.Results(0, frames.Count, faults);
    }

    private static void Merge(Accumulator accumulator, List<int> from, List<int> to)
        => accumulator.Merge(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(from), System.Runtime.InteropServices.CollectionsMarshal.AsSpan(to));
}
