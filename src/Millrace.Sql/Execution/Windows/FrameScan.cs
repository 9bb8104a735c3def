using Millrace.Columnar;
using Millrace.Sql.Functions;

namespace Millrace.Sql.Execution;

/// <summary>Adds up frames row by row: for short ones, and where equal arguments count once in each.</summary>
internal static class FrameScan
{
    private const int BlockRows = 65_536;

    // So many rows are looked at between two looks at whether the query goes on.
    private const int StepRows = 1 << 20;

    public static Column Results(AggregateInput input, FrameList frames, Accumulator accumulator, bool distinct, RowFaults faults, CancellationToken cancellation)
    {
        accumulator.Resize(frames.Count);
        int[] classes = distinct ? Classes(input) : [];
        int[] seenIn = new int[classes.Length];
        Array.Fill(seenIn, -1);
        var rows = new List<int>();
        var groups = new List<int>();
        Span<(int Start, int End)> ranges = stackalloc (int, int)[3];
        int looked = 0;
        for (int frame = 0; frame < frames.Count; frame++)
        {
            int count = frames.Ranges(frame, ranges);
            for (int i = 0; i < count; i++)
            {
                looked += ranges[i].End - ranges[i].Start;
                if (looked >= StepRows)
                {
                    cancellation.ThrowIfCancellationRequested();
                    looked = 0;
                }

                for (int row = ranges[i].Start; row < ranges[i].End; row++)
                {
                    if (!input.Counts(row) || (distinct && seenIn[classes[row]] == frame))
                    {
                        continue;
                    }

                    if (distinct)
                    {
                        seenIn[classes[row]] = frame;
                    }

                    rows.Add(row);
                    groups.Add(frame);
                }
            }

            if (rows.Count >= BlockRows || frame == frames.Count - 1)
            {
                cancellation.ThrowIfCancellationRequested();
                input.Add(accumulator, rows, groups);
                rows.Clear();
                groups.Clear();
            }
        }

        return accumulator.Results(0, frames.Count, faults);
    }

    // For each row a number that rows with equal arguments share.
    private static int[] Classes(AggregateInput input)
    {
        Column[] arguments = input.Arguments.ToArray();
        int rows = arguments[0].Length;
        var order = new int[rows];
        Sort.Indices(Array.ConvertAll(arguments, a => new SortKey(a)), order);
        var same = new bool[rows];
        if (rows > 1)
        {
            RowEquality.Test(arguments, order.AsSpan(0, rows - 1), arguments, order.AsSpan(1), same.AsSpan(1));
        }

        var classes = new int[rows];
        int number = -1;
        for (int i = 0; i < rows; i++)
        {
            number += same[i] ? 0 : 1;
            classes[order[i]] = number;
        }

        return classes;
    }
}
