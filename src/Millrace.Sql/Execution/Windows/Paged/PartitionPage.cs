using Millrace.Columnar;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Execution;

/// <summary>A page of a partition on disk, and where its rows stand in the partition. One thread uses it.</summary>
internal sealed class PartitionPage : IDisposable
{
    private readonly LargePartition _partition;
    private readonly Dictionary<WindowFrame, PageFrames> _frames = [];
    private long[]? _groups;
    private long[]? _peerStart;
    private long[]? _peerEnd;

    public PartitionPage(LargePartition partition, int number)
    {
        _partition = partition;
        Number = number;
        First = partition.Pages.FirstRow(number);
        Rows = partition.Pages.Read(number);
    }

    public int Number { get; }

    /// <summary>The number of the first row in the partition.</summary>
    public long First { get; }

    public RecordBatch Rows { get; }

    public int Count => Rows.Length;

    /// <summary>For each row the number of its group of equals, from 0.</summary>
    public long[] Groups => _groups ??= _partition.Peers.GroupsOf(Number);

    /// <summary>For each row the first row that is equal to it in the order.</summary>
    public long[] PeerStart => _peerStart ??= GroupStarts(0);

    /// <summary>For each row the number behind the last row that is equal to it.</summary>
    public long[] PeerEnd => _peerEnd ??= GroupStarts(1);

    /// <summary>The frames of the rows.</summary>
    public PageFrames Frames(WindowFrame frame)
    {
        if (!_frames.TryGetValue(frame, out PageFrames? frames))
        {
            long[] start = Side(frame.Unit, frame.Start, frame.StartOffset, isEnd: false);
            long[] end = Side(frame.Unit, frame.End, frame.EndOffset, isEnd: true);
            for (int row = 0; row < end.Length; row++)
            {
                end[row] = Math.Max(start[row], end[row]);
            }

            _frames.Add(frame, frames = new PageFrames(this, frame.Exclusion, start, end));
        }

        return frames;
    }

    public void Dispose() => Rows.Dispose();

    private long[] GroupStarts(int further)
    {
        var starts = new long[Count];
        for (int row = 0; row < starts.Length; row++)
        {
            starts[row] = row > 0 && Groups[row] == Groups[row - 1] ? starts[row - 1] : _partition.Peers.Start(Groups[row] + further);
        }

        return starts;
    }

    private long[] Side(FrameUnit unit, FrameBoundKind kind, int? offset, bool isEnd)
    {
        int behind = isEnd ? 1 : 0;
        var target = new long[Count];
        switch (kind)
        {
            case FrameBoundKind.UnboundedPreceding:
                break;
            case FrameBoundKind.UnboundedFollowing:
                Array.Fill(target, _partition.Pages.Rows);
                break;
            case FrameBoundKind.CurrentRow when unit == FrameUnit.Rows:
                for (int row = 0; row < target.Length; row++)
                {
                    target[row] = First + row + behind;
                }

                break;
            case FrameBoundKind.CurrentRow:
                (isEnd ? PeerEnd : PeerStart).CopyTo(target, 0);
                break;
            case FrameBoundKind.Preceding or FrameBoundKind.Following when unit == FrameUnit.Range:
                // A null is in reach of nulls only.
                (isEnd ? PeerEnd : PeerStart).CopyTo(target, 0);
                _partition.Range!.Fill(Rows, Rows[offset!.Value], kind == FrameBoundKind.Preceding, isEnd, target);
                break;
            default:
                long[] offsets = FrameBounds.Offsets(Rows[offset!.Value], kind == FrameBoundKind.Preceding);
                for (int row = 0; row < target.Length; row++)
                {
                    target[row] = unit == FrameUnit.Rows
                        ? Clamp((Int128)First + row + offsets[row] + behind, _partition.Pages.Rows)
                        : _partition.Peers.Start(Clamp((Int128)Groups[row] + offsets[row] + behind, _partition.Peers.Count));
                }

                break;
        }

        return target;
    }

    private static long Clamp(Int128 value, long highest) => (long)Int128.Clamp(value, 0, highest);
}
