using Millrace.Columnar;
using Millrace.Sql.Catalog;

namespace Millrace.Sql.Execution;

/// <summary>Puts together what the lanes of an aggregation grouped.</summary>
internal sealed class AggregateBreaker(AggregatePlan plan, Layout layout, QueryContext context) : IBreaker, IBatchSource
{
    // Fewer groups than these in a lane are merged by one thread.
    private const int FewGroups = 16 << 10;

    private readonly Lock _lock = new();
    private readonly List<GroupedRows> _handed = [];
    private GroupPartitions? _partitions;
    private volatile bool _spilled;
    private int _next;

    public LaneOperator OpenLane() => new AggregateLane(this, plan, layout, context);

    /// <summary>A lane has no memory for its groups: they go to disk.</summary>
    public void Spill(GroupedRows groups)
    {
        _spilled = true;
        Partitions().Take(groups, toDisk: true);
    }

    /// <summary>A lane is finished and hands its groups over.</summary>
    public void Hand(GroupedRows groups)
    {
        if (_spilled || (context.Lanes > 1 && groups.Count > FewGroups))
        {
            using (groups)
            {
                Partitions().Take(groups, _spilled);
            }

            return;
        }

        lock (_lock)
        {
            _handed.Add(groups);
        }
    }

    public ValueTask CompleteAsync(CancellationToken cancellation)
    {
        if (_handed.Count > 0)
        {
            GroupingSets.AddEmpty(plan, _handed[0]);
        }
        else if (plan.Sets is not null)
        {
            using var empty = new GroupedRows(plan, context.Memory);
            GroupingSets.AddEmpty(plan, empty);
            Partitions().Take(empty, _spilled);
        }

        if (_partitions is not null)
        {
            foreach (GroupedRows groups in _handed)
            {
                _partitions.Take(groups, _spilled);
                groups.Dispose();
            }

            _handed.Clear();
            return ValueTask.CompletedTask;
        }

        GroupedRows all = _handed[0];
        foreach (GroupedRows groups in _handed.Skip(1))
        {
            groups.Seal();
            if (groups.Count > 0)
            {
                using RecordBatch states = groups.States(0, groups.Count);
                all.AddStates(states);
            }

            groups.Dispose();
        }

        _handed.RemoveRange(1, _handed.Count - 1);
        all.Seal();
        return ValueTask.CompletedTask;
    }

    public IBatchSource OpenResult() => this;

    /// <summary>The one table of groups, or the next partition; whoever reads a partition merges it.</summary>
    public ValueTask<ITablePart?> NextPartAsync(CancellationToken cancellation)
    {
        int number = _next++;
        return new(_partitions is not null
            ? number < _partitions.Used ? new Part(number, Merge(_partitions, number)) : null
            : number == 0 ? new Part(0, Results(_handed[0])) : null);
    }

    public ValueTask DisposeAsync()
    {
        _handed.ForEach(g => g.Dispose());
        _handed.Clear();
        _partitions?.Dispose();
        _partitions = null;
        return ValueTask.CompletedTask;
    }

    private GroupPartitions Partitions()
    {
        lock (_lock)
        {
            return _partitions ??= new GroupPartitions(plan, context, 0);
        }
    }

    private IEnumerable<RecordBatch> Results(GroupedRows groups)
    {
        var report = new LaneFaults(context);
        for (int start = 0; start < groups.Count; start += RecordBatch.DefaultRows)
        {
            yield return groups.Results(start, Math.Min(RecordBatch.DefaultRows, groups.Count - start), report);
        }
    }

    // A partition that does not fit into memory either is shared out once more.
    private IEnumerable<RecordBatch> Merge(GroupPartitions partitions, int number)
    {
        using var groups = new GroupedRows(plan, context.Memory);
        GroupPartitions? finer = null;
        try
        {
            foreach (RecordBatch batch in partitions.Read(number))
            {
                using (batch)
                {
                    if (finer is not null)
                    {
                        finer.Share(batch, toDisk: true);
                        continue;
                    }

                    groups.AddStates(batch);
                }

                if (!groups.TryHoldMemory())
                {
                    finer = partitions.CanBeFiner
                        ? new GroupPartitions(plan, context, partitions.Level + 1)
                        : throw SpillErrors.MemoryExhausted("The values that aggregates keep of one group", context.Memory.Limit, groups.ByteSize);
                    finer.Take(groups, toDisk: true);
                }
            }

            if (finer is null)
            {
                groups.Seal();
                foreach (RecordBatch batch in Results(groups))
                {
                    yield return batch;
                }

                yield break;
            }

            for (int i = 0; i < finer.Used; i++)
            {
                foreach (RecordBatch batch in Merge(finer, i))
                {
                    yield return batch;
                }
            }
        }
        finally
        {
            finer?.Dispose();
        }
    }

    private sealed class Part(int number, IEnumerable<RecordBatch> batches) : ITablePart
    {
        private readonly IEnumerator<RecordBatch> _batches = batches.GetEnumerator();

        public int Number => number;

        public ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            return new(_batches.MoveNext() ? _batches.Current : null);
        }

        public ValueTask DisposeAsync()
        {
            _batches.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
