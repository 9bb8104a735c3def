using Millrace.Sql.Parsing;

namespace Millrace.Sql.Execution;

/// <summary>How the frames of a block lie to one another.</summary>
internal enum FrameShape
{
    /// <summary>No row is in two frames.</summary>
    Disjoint,

    /// <summary>A frame has the rows of the one before and more at its end, or none of them.</summary>
    Growing,

    /// <summary>A frame has the rows of the one before without some at its start, or none of them.</summary>
    Shrinking,

    /// <summary>Anything else.</summary>
    Other,
}

/// <summary>The different frames of a block, and which of them each row has. With an exclusion a frame is up to three ranges.</summary>
internal sealed class FrameList
{
    private readonly List<(int Start, int End)> _frames = [];
    private readonly WindowBlock _block;
    private readonly FrameExclusion _exclusion;

    private FrameList(WindowBlock block, FrameExclusion exclusion)
    {
        _block = block;
        _exclusion = exclusion;
        FrameOf = new int[block.Rows.Length];
    }

    public int Count => _frames.Count;

    /// <summary>The frame of each row.</summary>
    public int[] FrameOf { get; }

    /// <summary>Whether every row has a frame of its own.</summary>
    public bool IsRowByRow => Count == FrameOf.Length;

    /// <summary>Rows of all frames together.</summary>
    public long TotalRows { get; private set; }

    public static FrameList Of(WindowBlock block, FrameBounds bounds, FrameExclusion exclusion)
    {
        var list = new FrameList(block, exclusion);
        for (int row = 0; row < list.FrameOf.Length; row++)
        {
            (int Start, int End) frame = (bounds.Start[row], bounds.End[row]);

            // What is left out depends on the row.
            if (list.Count == 0 || exclusion != FrameExclusion.NoOthers || frame != list._frames[^1])
            {
                list._frames.Add(frame);
                list.TotalRows += frame.End - frame.Start;
            }

            list.FrameOf[row] = list.Count - 1;
        }

        return list;
    }

    public int Start(int frame) => _frames[frame].Start;

    public int End(int frame) => _frames[frame].End;

    /// <summary>The ranges of rows of a frame, in order; returns how many.</summary>
    public int Ranges(int frame, Span<(int Start, int End)> ranges)
    {
        (int start, int end) = _frames[frame];
        if (_exclusion == FrameExclusion.NoOthers)
        {
            ranges[0] = (start, end);
            return 1;
        }

        // With an exclusion the frame's number is the row's.
        (int outStart, int outEnd) = _exclusion == FrameExclusion.CurrentRow ? (frame, frame + 1) : (_block.PeerStart[frame], _block.PeerEnd[frame]);
        int count = 0;
        if (start < outStart)
        {
            ranges[count++] = (start, Math.Min(end, outStart));
        }

        if (_exclusion == FrameExclusion.Ties && start <= frame && frame < end)
        {
            ranges[count++] = (frame, frame + 1);
        }

        if (outEnd < end)
        {
            ranges[count++] = (Math.Max(start, outEnd), end);
        }

        return count;
    }

    public FrameShape Shape()
    {
        bool disjoint = true;
        bool growing = true;
        bool shrinking = true;
        for (int f = 1; f < Count; f++)
        {
            (int start, int end) = _frames[f];
            (int startBefore, int endBefore) = _frames[f - 1];
            bool apart = start >= endBefore;
            disjoint &= apart;
            growing &= apart || (start == startBefore && end >= endBefore);
            shrinking &= apart || (end == endBefore && start >= startBefore);
        }

        return disjoint ? FrameShape.Disjoint : growing ? FrameShape.Growing : shrinking ? FrameShape.Shrinking : FrameShape.Other;
    }

    /// <summary>For each row the frame in which it is new, or the last that has it; -1 for none.</summary>
    public int[] Groups(int rows, FrameShape shape)
    {
        var groups = new int[rows];
        Array.Fill(groups, -1);
        for (int f = 0; f < Count; f++)
        {
            (int start, int end) = _frames[f];
            if (shape == FrameShape.Growing && f > 0 && start == Start(f - 1))
            {
                start = Math.Max(start, End(f - 1));
            }

            if (shape == FrameShape.Shrinking && f + 1 < Count && end == End(f + 1))
            {
                end = Math.Min(end, Start(f + 1));
            }

            groups.AsSpan(start, Math.Max(0, end - start)).Fill(f);
        }

        return groups;
    }
}
