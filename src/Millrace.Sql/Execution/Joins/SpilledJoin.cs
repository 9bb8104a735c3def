using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>What lanes share when the right side is on disk: the left rows, which go there too.</summary>
internal sealed class SpilledJoin(HashJoinNode node, QueryContext context, JoinPartitions right, int lanes) : IDisposable
{
    // Rows that still do not fit after so many deals have the same keys.
    private const int MaxDepth = 4;

    private readonly JoinPartitions _left = LeftPartitions(node, context, 0);
    private int _lanes = lanes;

    /// <summary>Takes left rows, which are borrowed.</summary>
    public void Write(RecordBatch rows) => _left.Write(rows);

    /// <summary>Joins all partitions if this is the last lane to finish.</summary>
    public void Finish(LaneOperator output)
    {
        if (Interlocked.Decrement(ref _lanes) == 0)
        {
            Join(_left, right, 0, output);
        }
    }

    public void Dispose() => _left.Dispose();

    private static JoinPartitions LeftPartitions(HashJoinNode node, QueryContext context, int depth)
        => new(context, node.Inputs[0].Schema, [.. node.Keys.Select(k => k.Left)], depth);

    private void Join(JoinPartitions left, JoinPartitions right, int depth, LaneOperator output)
    {
        for (int i = 0; i < JoinPartitions.Count && !output.IsSatisfied; i++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            if (left[i] is not null || (right[i] is not null && node.KeepsRight))
            {
                Join(left[i], right[i], depth, output);
            }
        }
    }

    private void Join(SpillFile? left, SpillFile? right, int depth, LaneOperator output)
    {
        using var reservation = new Reservation(context.Memory);
        var build = (JoinBuildNode)node.Inputs[1];
        var rows = new List<RecordBatch>();
        JoinTable table;
        try
        {
            bool inBlocks = node.CanJoinInBlocks && (node.Keys.Count == 0 || depth == MaxDepth);
            long bytes = inBlocks ? 0 : JoinTable.BytesFor(right?.Rows ?? 0);
            long count = 0;
            SpillReader? reader = right?.Read();
            while (reader?.Next() is { } batch)
            {
                rows.Add(batch);

                // Twice, since they are also put together.
                bytes += batch.ByteSize * 2;
                count += batch.Length;
                bool fits = reservation.TryHold(bytes + (inBlocks ? JoinTable.BytesFor(count) : 0));
                if (!fits && inBlocks)
                {
                    using (JoinTable block = JoinTable.Of(rows, build))
                    {
                        Join(left, block, output);
                    }

                    rows.ForEach(b => b.Dispose());
                    rows.Clear();
                    (bytes, count) = (0, 0);
                    reservation.TryHold(0);
                    context.Cancellation.ThrowIfCancellationRequested();
                }
                else if (!fits)
                {
                    rows.ForEach(b => b.Dispose());
                    rows.Clear();
                    reservation.TryHold(0);
                    Deal(left, right!, depth + 1, output);
                    return;
                }
            }

            table = JoinTable.Of(rows, build);
        }
        finally
        {
            rows.ForEach(b => b.Dispose());
        }

        using (table)
        {
            Join(left, table, output);
        }
    }

    private void Join(SpillFile? left, JoinTable table, LaneOperator output)
    {
        using var shared = new JoinShared(table, node.KeepsRight, 1);
        using LaneOperator lane = node.OpenLane(context, shared, new Unfinished(output));
        SpillReader? reader = left?.Read();
        while (!lane.IsSatisfied && reader?.Next() is { } batch)
        {
            using (batch)
            {
                // Of no part any more.
                lane.Push(new Chunk(batch, int.MaxValue));
            }
        }

        lane.Finish();
    }

    private void Deal(SpillFile? left, SpillFile right, int depth, LaneOperator output)
    {
        if (depth > MaxDepth)
        {
            throw SpillErrors.MemoryExhausted("The rows of one side of a join that have the same key", context.Memory.Limit);
        }

        using JoinPartitions leftParts = LeftPartitions(node, context, depth);
        using var rightParts = new JoinPartitions(context, right.Schema, [.. node.Keys.Select(k => k.Right)], depth);
        foreach ((SpillFile? file, JoinPartitions parts) in ((SpillFile?, JoinPartitions)[])[(left, leftParts), (right, rightParts)])
        {
            SpillReader? reader = file?.Read();
            while (reader?.Next() is { } batch)
            {
                using (batch)
                {
                    parts.Write(batch);
                }
            }
        }

        Join(leftParts, rightParts, depth, output);
    }

    /// <summary>Passes rows on, and not the end of a partition.</summary>
    private sealed class Unfinished(LaneOperator output) : LaneOperator
    {
        public override bool IsSatisfied => output.IsSatisfied;

        public override void Push(Chunk chunk) => output.Push(chunk);

        public override void Finish()
        {
        }
    }
}

/// <summary>A lane of a join whose right side is on disk.</summary>
internal sealed class SpilledJoinLane(SpilledJoin join, LaneOperator output) : LaneOperator
{
    public override bool IsSatisfied => output.IsSatisfied;

    public override void Push(Chunk chunk) => join.Write(chunk.Rows);

    public override void Finish()
    {
        join.Finish(output);
        output.Finish();
    }
}
