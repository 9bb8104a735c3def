using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Where all rows of a partition on disk stand, collected page by page for a block of some of its columns.</summary>
internal sealed class BlockNumbers(int rows)
{
    private readonly int[] _peerStart = new int[rows];
    private readonly int[] _peerEnd = new int[rows];

    public FrameBounds Bounds { get; } = new(rows);

    public void Add(PartitionPage page, PageFrames? frames)
    {
        int first = (int)page.First;
        for (int row = 0; row < page.Count; row++)
        {
            _peerStart[first + row] = (int)page.PeerStart[row];
            _peerEnd[first + row] = (int)page.PeerEnd[row];
            if (frames is not null)
            {
                Bounds.Start[first + row] = (int)frames.Start[row];
                Bounds.End[first + row] = (int)frames.End[row];
            }
        }
    }

    /// <summary>The partition as a block of rows, which are borrowed.</summary>
    public WindowBlock Block(RecordBatch batch) => new(batch, _peerStart, _peerEnd);
}
