using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Lanes collect rows; when all have, the table is made of them.</summary>
internal sealed class JoinBuild(JoinBuildNode node, QueryContext context) : IBreaker
{
    private readonly List<(int Part, RecordBatch Rows)> _collected = [];
    private long _reserved;
    private JoinTable? _table;

    /// <summary>The rows by their keys, when complete. Borrowed.</summary>
    public JoinTable Table => _table!;

    public LaneOperator OpenLane() => new Lane(this);

    public ValueTask CompleteAsync(CancellationToken cancellation)
    {
        // By part, so that what a row finds comes out in the order of the input.
        _collected.Sort(static (a, b) => a.Part.CompareTo(b.Part));
        long rows = _collected.Sum(c => (long)c.Rows.Length);
        Reserve(JoinTable.BytesFor(rows));
        using RecordBatch none = NullRows.One(node.Schema);
        RecordBatch all = Concat.Batches([.. _collected.Select(c => c.Rows), none]);
        _collected.ForEach(c => c.Rows.Dispose());
        _collected.Clear();
        _table = new JoinTable(all, all.Length - 1, node.Keys, node.NullsMatch, seed: 0);
        return ValueTask.CompletedTask;
    }

    public IBatchSource OpenResult() => throw new System.Diagnostics.UnreachableException("What a join has built is read by the join alone.");

    public ValueTask DisposeAsync()
    {
        _collected.ForEach(c => c.Rows.Dispose());
        _collected.Clear();
        _table?.Dispose();
        _table = null;
        context.Memory.Release(Interlocked.Exchange(ref _reserved, 0));
        return ValueTask.CompletedTask;
    }

    private void Reserve(long bytes)
    {
        if (!context.Memory.TryReserve(bytes))
        {
            throw SpillErrors.MemoryExhausted("The rows of the smaller side of a join", context.Memory.Limit);
        }

        Interlocked.Add(ref _reserved, bytes);
    }

    private sealed class Lane(JoinBuild build) : LaneOperator
    {
        public override void Push(Chunk chunk)
        {
            build.Reserve(chunk.Rows.ByteSize);
            lock (build._collected)
            {
                build._collected.Add((chunk.Part, chunk.Rows.Share()));
            }
        }

        public override void Finish()
        {
        }
    }
}
