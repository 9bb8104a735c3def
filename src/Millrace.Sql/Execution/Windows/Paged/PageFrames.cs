using Millrace.Sql.Parsing;

namespace Millrace.Sql.Execution;

/// <summary>The frames of a page's rows, by the numbers of rows in the partition.</summary>
internal sealed class PageFrames(PartitionPage page, FrameExclusion exclusion, long[] start, long[] end)
{
    /// <summary>A frame is so many ranges at most.</summary>
    public const int MaxRanges = 3;

    /// <summary>For each row the first row of its frame.</summary>
    public long[] Start => start;

    /// <summary>For each row the number behind the last row of its frame.</summary>
    public long[] End => end;

    public bool Excludes => exclusion != FrameExclusion.NoOthers;

    /// <summary>Whether a row has the frame of the row before.</summary>
    public bool IsRepeated(int row) => row > 0 && !Excludes && start[row] == start[row - 1] && end[row] == end[row - 1];

    /// <summary>The ranges of rows of a row's frame, none of them empty, in order; returns how many.</summary>
    public int Ranges(int row, Span<(long Start, long End)> ranges)
    {
        (long from, long to) = (start[row], end[row]);
        long self = page.First + row;
        (long outStart, long outEnd) = exclusion switch
        {
            FrameExclusion.NoOthers => (to, to),
            FrameExclusion.CurrentRow => (self, self + 1),
            _ => (page.PeerStart[row], page.PeerEnd[row]),
        };
        int count = 0;
        Add(ranges, ref count, from, Math.Min(to, outStart));
        if (exclusion == FrameExclusion.Ties && from <= self && self < to)
        {
            Add(ranges, ref count, self, self + 1);
        }

        Add(ranges, ref count, Math.Max(from, outEnd), to);
        return count;
    }

    private static void Add(Span<(long Start, long End)> ranges, ref int count, long from, long to)
    {
        if (from < to)
        {
            ranges[count++] = (from, to);
        }
    }
}
