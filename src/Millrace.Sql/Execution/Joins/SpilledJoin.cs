using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>What lanes share when the right side is on disk: the left rows, which go there too.</summary>
internal sealed class SpilledJoin(HashJoinNode node, QueryContext context, JoinPartitions right, int lanes) : IDisposable
{
    // Rows that still do not fit after so many deals have few different keys, if not the same.
    private const int MaxDepth = 4;

    private const int DealtBytes = 128 << 10;

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
        => new(context, node.Inputs[0].Schema, [.. node.DealtBy.Select(k => k.Left)], depth);

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
        if (depth == MaxDepth || node.DealtBy.Count == 0)
        {
            JoinPieces(left, right, output);
            return;
        }

        var rows = new List<RecordBatch>();
        using var reservation = new Reservation(context.Memory);
        long bytes = JoinTable.BytesFor(right?.Rows ?? 0);
        try
        {
            SpillReader? reader = right?.Read();
            while (reader?.Next() is { } batch)
            {
                rows.Add(batch);

                // Twice, since they are also put together.
                bytes += batch.ByteSize * 2;
                if (!reservation.TryHold(bytes))
                {
                    Release(rows);
                    reservation.TryHold(0);
                    Deal(left, right!, depth + 1, output);
                    return;
                }
            }

            Join(left, rows, null, output);
        }
        finally
        {
            Release(rows);
        }
    }

    // As many right rows at a time as there is memory for, each piece with all left rows.
    private void JoinPieces(SpillFile? left, SpillFile? right, LaneOperator output)
    {
        var rows = new List<RecordBatch>();
        using var reservation = new Reservation(context.Memory);
        using LeftMarks? marks = node.JudgesLeft && left is not null && right is not null ? new LeftMarks(left.Rows, context.Memory) : null;
        SpillReader? reader = right?.Read();
        RecordBatch? next = reader?.Next();
        long bytes = 0;
        long count = 0;
        try
        {
            while (next is not null && !output.IsSatisfied)
            {
                // Twice, since they are also put together.
                bytes += next.ByteSize * 2;
                count += next.Length;
                if (!reservation.TryHold(bytes + JoinTable.BytesFor(count)) && rows.Count > 0)
                {
                    marks?.Begin(isLastPiece: false);
                    Join(left, rows, marks, output);
                    reservation.TryHold(0);
                    context.Cancellation.ThrowIfCancellationRequested();
                    (bytes, count) = (0, 0);
                }
                else
                {
                    rows.Add(next);
                    next = null;
                    next = reader!.Next();
                }
            }

            marks?.Begin(isLastPiece: true);
            Join(left, rows, marks, output);
        }
        finally
        {
            next?.Dispose();
            Release(rows);
        }
    }

    // Takes the right rows over.
    private void Join(SpillFile? left, List<RecordBatch> right, LeftMarks? marks, LaneOperator output)
    {
        using JoinTable table = JoinTable.Of(right, (JoinBuildNode)node.Inputs[1]);
        Release(right);
        using var shared = new JoinShared(table, node.KeepsRight, 1) { Left = marks };
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

    private static void Release(List<RecordBatch> rows)
    {
        rows.ForEach(b => b.Dispose());
        rows.Clear();
    }

    private void Deal(SpillFile? left, SpillFile right, int depth, LaneOperator output)
    {
        using JoinPartitions leftParts = LeftPartitions(node, context, depth);
        using var rightParts = new JoinPartitions(context, right.Schema, [.. node.DealtBy.Select(k => k.Right)], depth);
        foreach ((SpillFile? file, JoinPartitions parts) in ((SpillFile?, JoinPartitions)[])[(left, leftParts), (right, rightParts)])
        {
            Deal(file, parts);
        }

        // Those that all went the same way have one key: dealing them again parts them no better.
        bool areSame = Enumerable.Range(0, JoinPartitions.Count).Any(i => rightParts[i]?.Rows == right.Rows);
        Join(leftParts, rightParts, areSame ? MaxDepth : depth, output);
    }

    // Dealing cuts batches into small ones, so they are put together before they are cut again.
    private static void Deal(SpillFile? file, JoinPartitions parts)
    {
        var rows = new List<RecordBatch>();
        try
        {
            long bytes = 0;
            SpillReader? reader = file?.Read();
            while (reader?.Next() is { } batch)
            {
                rows.Add(batch);
                bytes += batch.ByteSize;
                if (bytes >= DealtBytes)
                {
                    Write();
                    bytes = 0;
                }
            }

            Write();
        }
        finally
        {
            Release(rows);
        }

        void Write()
        {
            if (rows.Count > 0)
            {
                using RecordBatch all = Concat.Batches(rows);
                Release(rows);
                parts.Write(all);
            }
        }
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
