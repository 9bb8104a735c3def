using System.Runtime.InteropServices;
using Millrace.Columnar;
using Millrace.Sql.Functions;

namespace Millrace.Sql.Execution;

/// <summary>
/// A binary tree of states over the rows of a block: group <c>rows + i</c> is row i, group n is groups 2n and 2n + 1 together.
/// A range of rows is then few groups, in order.
/// </summary>
internal static class FrameTree
{
    private const int BlockFrames = 4096;

    // States may hold all rows of their frames: few are put together between two looks at whether the query goes on.
    private const int StepMerges = 1024;

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
        Build(accumulator, rows, cancellation);
        var results = new List<Column>();
        try
        {
            var own = new RowFaults();
            for (int start = 0; start < frames.Count; start += BlockFrames)
            {
                int count = Math.Min(BlockFrames, frames.Count - start);
                accumulator.Clear(first, BlockFrames);
                Collect(accumulator, frames, start, count, rows, first, cancellation);
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

    private static void Build(Accumulator accumulator, int rows, CancellationToken cancellation)
    {
        var from = new int[Math.Max(0, (rows - 1) * 2)];
        var to = new int[from.Length];
        int at = 0;
        for (int node = rows - 1; node >= 1; node--)
        {
            from[at] = node * 2;
            to[at++] = node;
            from[at] = (node * 2) + 1;
            to[at++] = node;
        }

        Merge(accumulator, from, to, cancellation);
    }

    private static void Collect(Accumulator accumulator, FrameList frames, int start, int count, int rows, int first, CancellationToken cancellation)
    {
        var from = new List<int>(count * 8);
        var to = new List<int>(count * 8);
        Span<(int Start, int End)> ranges = stackalloc (int, int)[3];
        Span<int> right = stackalloc int[64];
        for (int i = 0; i < count; i++)
        {
            int pieces = frames.Ranges(start + i, ranges);
            for (int piece = 0; piece < pieces; piece++)
            {
                int rights = 0;
                int low = ranges[piece].Start + rows;
                int high = ranges[piece].End + rows;
                for (; low < high; low >>= 1, high >>= 1)
                {
                    if ((low & 1) != 0)
                    {
                        from.Add(low++);
                    }

                    if ((high & 1) != 0)
                    {
                        right[rights++] = --high;
                    }
                }

                while (rights > 0)
                {
                    from.Add(right[--rights]);
                }
            }

            while (to.Count < from.Count)
            {
                to.Add(first + i);
            }
        }

        Merge(accumulator, CollectionsMarshal.AsSpan(from), CollectionsMarshal.AsSpan(to), cancellation);
    }

    // In their order: a state is whole before it is part of another.
    private static void Merge(Accumulator accumulator, ReadOnlySpan<int> from, ReadOnlySpan<int> to, CancellationToken cancellation)
    {
        for (int start = 0; start < from.Length; start += StepMerges)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(StepMerges, from.Length - start);
            accumulator.Merge(from.Slice(start, count), to.Slice(start, count));
        }
    }
}
