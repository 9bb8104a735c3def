using Millrace.Columnar;
using Millrace.Sql.Functions;

namespace Millrace.Sql.Execution;

/// <summary>Puts frames together from a tree of states over the rows of a block.</summary>
internal static class FrameTree
{
    private const int BlockFrames = 4096;

    public static Column Results(AggregateInput input, FrameList frames, Accumulator accumulator, int rows, RowFaults faults, CancellationToken cancellation)
    {
        int first = rows * 2;
        accumulator.Resize(first + BlockFrames);
        var leaves = new int[rows];
        for (int row = 0; row < rows; row++)
        {
            leaves[row] = rows + row;
        }

        input.AddByGroup(accumulator, leaves);
        var tree = new StateTree(accumulator, rows, cancellation);
        var results = new List<Column>();
        try
        {
            var own = new RowFaults();
            for (int start = 0; start < frames.Count; start += BlockFrames)
            {
                int count = Math.Min(BlockFrames, frames.Count - start);
                accumulator.Clear(first, BlockFrames);
                Collect(tree, frames, start, count, first);
                results.Add(accumulator.Results(first, count, own));
                foreach (RowFault fault in own.All)
                {
                    faults.Add(start + fault.Row, fault.Code, fault.Message);
                }

                own.Clear();
            }

            return Concat.Columns(results);
        }
        finally
        {
            results.ForEach(c => c.Dispose());
        }
    }

    private static void Collect(StateTree tree, FrameList frames, int start, int count, int first)
    {
        Span<(int Start, int End)> ranges = stackalloc (int, int)[3];
        for (int i = 0; i < count; i++)
        {
            int pieces = frames.Ranges(start + i, ranges);
            for (int piece = 0; piece < pieces; piece++)
            {
                tree.Add(ranges[piece].Start, ranges[piece].End, first + i);
            }
        }

        tree.Merge();
    }
}
