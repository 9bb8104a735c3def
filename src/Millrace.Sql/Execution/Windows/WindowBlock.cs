using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Rows of whole partitions in order, and where partitions and rows that are equal in the order begin and end.</summary>
internal sealed class WindowBlock
{
    public WindowBlock(RecordBatch rows, IReadOnlyList<int> partition, IReadOnlyList<OrderColumn> order)
    {
        Rows = rows;
        bool[] samePartition = AdjacentRows.AreEqual([.. partition.Select(p => rows[p])], rows.Length);
        bool[] sameOrder = order.Count == 0 ? samePartition : AdjacentRows.AreEqual([.. order.Select(o => rows[o.Column])], rows.Length);
        var starts = new List<int>();
        PeerStart = new int[rows.Length];
        PeerEnd = new int[rows.Length];
        int peers = 0;
        for (int row = 0; row < rows.Length; row++)
        {
            if (!samePartition[row])
            {
                starts.Add(row);
            }

            if (!samePartition[row] || !sameOrder[row])
            {
                PeerEnd.AsSpan(peers, row - peers).Fill(row);
                peers = row;
            }

            PeerStart[row] = peers;
        }

        PeerEnd.AsSpan(peers).Fill(rows.Length);
        starts.Add(rows.Length);
        Starts = [.. starts];
    }

    /// <summary>One partition whose rows are known.</summary>
    public WindowBlock(RecordBatch rows, int[] peerStart, int[] peerEnd)
    {
        Rows = rows;
        Starts = [0, rows.Length];
        PeerStart = peerStart;
        PeerEnd = peerEnd;
    }

    /// <summary>Borrowed.</summary>
    public RecordBatch Rows { get; }

    /// <summary>First row of each partition, and the number behind the last row.</summary>
    public int[] Starts { get; }

    public int Partitions => Starts.Length - 1;

    /// <summary>For each row the first row that is equal to it in the order, in the block.</summary>
    public int[] PeerStart { get; }

    /// <summary>For each row the number behind the last one that is equal to it.</summary>
    public int[] PeerEnd { get; }
}
