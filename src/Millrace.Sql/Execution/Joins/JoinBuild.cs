using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>
/// Lanes collect rows; when all have, the table is made of them. Once they do not fit into memory they go to disk in
/// partitions, and the join is done partition by partition.
/// </summary>
internal sealed class JoinBuild(JoinBuildNode node, QueryContext context) : IBreaker
{
    // A column stays far from the 2 GiB that one can hold.
    private const long MaxBytes = 1 << 30;

    private readonly Lock _lock = new();
    private readonly List<(int Part, RecordBatch Rows)> _collected = [];
    private readonly Reservation _reservation = new(context.Memory);
    private long _bytes;

    /// <summary>The rows by their keys, when complete; null if they are on disk. Borrowed.</summary>
    public JoinTable? Table { get; private set; }

    /// <summary>The rows on disk. Borrowed.</summary>
    public JoinPartitions? Partitions { get; private set; }

    public LaneOperator OpenLane() => new Lane(this);

    public ValueTask CompleteAsync(CancellationToken cancellation)
    {
        // The collected rows, the same in one piece, and the table.
        long table = JoinTable.BytesFor(_collected.Sum(c => (long)c.Rows.Length));
        if (Partitions is null && !(_bytes <= MaxBytes && _reservation.TryHold((_bytes * 2) + table)))
        {
            Spill();
        }

        if (Partitions is null)
        {
            // By part, so that what a row finds comes out in the order of the input.
            _collected.Sort(static (a, b) => a.Part.CompareTo(b.Part));
            Table = JoinTable.Of([.. _collected.Select(c => c.Rows)], node, context.Lanes);
            Release();
            _reservation.TryHold(_bytes + table);
        }

        return ValueTask.CompletedTask;
    }

    public IBatchSource OpenResult() => throw new System.Diagnostics.UnreachableException("What a join has built is read by the join alone.");

    public ValueTask DisposeAsync()
    {
        Release();
        Table?.Dispose();
        Partitions?.Dispose();
        (Table, Partitions) = (null, null);
        _reservation.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Add(Chunk chunk)
    {
        lock (_lock)
        {
            long bytes = _bytes + chunk.Rows.ByteSize;
            if (Partitions is null && bytes <= MaxBytes && _reservation.TryHold(bytes))
            {
                _bytes = bytes;
                _collected.Add((chunk.Part, chunk.Rows.Share()));
                return;
            }

            if (Partitions is null)
            {
                Spill();
            }
        }

        Partitions!.Write(chunk.Rows);
    }

    private void Spill()
    {
        Partitions = new JoinPartitions(context, node.Schema, node.IsDealt ? node.Keys : [], depth: 0);
        foreach ((_, RecordBatch rows) in _collected)
        {
            Partitions.Write(rows);
        }

        Release();
        _reservation.TryHold(0);
    }

    private void Release()
    {
        _collected.ForEach(c => c.Rows.Dispose());
        _collected.Clear();
    }

    private sealed class Lane(JoinBuild build) : LaneOperator
    {
        public override void Push(Chunk chunk) => build.Add(chunk);

        public override void Finish()
        {
        }
    }
}
