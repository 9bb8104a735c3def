using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>
/// Groups with their states, shared out by four bits of the hash of their keys, in memory and on disk. Several threads write
/// at once; each partition is read once, by one.
/// </summary>
/// <param name="plan">What is aggregated.</param>
/// <param name="context">Memory, and the folder for files.</param>
/// <param name="level">How often the groups were shared out before: each level uses its own bits.</param>
internal sealed unsafe class GroupPartitions(AggregatePlan plan, QueryContext context, int level) : IDisposable
{
    public const int Count = 16;

    /// <summary>Levels beyond which sharing out cannot help: what does not fit then is a group of its own.</summary>
    private const int MaxLevel = 6;

    // Groups taken out of a table at once: shared out, they still are batches of good size.
    private const int Step = 16 << 10;

    private readonly Partition[] _partitions = [.. Enumerable.Range(0, Count).Select(_ => new Partition(context))];

    public int Level => level;

    /// <summary>How many partitions can have groups: without keys there is one group, which is in the first, and is there without rows too.</summary>
    public int Used { get; } = plan.KeyTypes.Count == 0 ? 1 : Count;

    /// <summary>Whether sharing out once more can help.</summary>
    public bool CanBeFiner => level < MaxLevel && plan.KeyTypes.Count > 0;

    /// <summary>Takes everything out of a table, which is empty afterwards.</summary>
    public void Take(GroupedRows groups, bool toDisk)
    {
        groups.Seal();
        for (int start = 0; start < groups.Count; start += Step)
        {
            using RecordBatch batch = groups.States(start, Math.Min(Step, groups.Count - start));
            Share(batch, toDisk);
        }

        groups.Clear();
    }

    /// <summary>Shares groups out.</summary>
    public void Share(RecordBatch batch, bool toDisk)
    {
        int rows = batch.Length;
        using NativeBuffer memory = BufferPool.Rent(rows * (sizeof(ulong) + sizeof(int)));
        var hashes = new Span<ulong>(memory.Pointer, rows);
        var order = new Span<int>((ulong*)memory.Pointer + rows, rows);
        Column[] keys = [.. batch.Columns.Take(plan.KeyTypes.Count)];
        Hash.Rows(keys, hashes);

        Span<int> starts = stackalloc int[Count + 1];
        starts.Clear();
        int shift = 60 - (4 * level);
        foreach (ulong hash in hashes)
        {
            starts[(int)(hash >> shift & (Count - 1)) + 1]++;
        }

        for (int i = 0; i < Count; i++)
        {
            starts[i + 1] += starts[i];
        }

        Span<int> next = stackalloc int[Count];
        starts[..Count].CopyTo(next);
        for (int row = 0; row < rows; row++)
        {
            order[next[(int)(hashes[row] >> shift & (Count - 1))]++] = row;
        }

        for (int i = 0; i < Count; i++)
        {
            if (starts[i + 1] > starts[i])
            {
                _partitions[i].Add(Columnar.Take.Rows(batch, order[starts[i]..starts[i + 1]]), toDisk);
            }
        }
    }

    /// <summary>The batches of a partition, each the caller's. They are gone then.</summary>
    public IEnumerable<RecordBatch> Read(int partition) => _partitions[partition].Read();

    public void Dispose() => Array.ForEach(_partitions, p => p.Dispose());

    private sealed class Partition(QueryContext context) : IDisposable
    {
        private readonly Queue<RecordBatch> _batches = new();
        private SpillFile? _file;

        public void Add(RecordBatch batch, bool toDisk)
        {
            lock (_batches)
            {
                if (!toDisk && context.Memory.TryReserve(batch.ByteSize))
                {
                    _batches.Enqueue(batch);
                    return;
                }

                using (batch)
                {
                    _file ??= new SpillFile(context.SpillFolder, batch.Schema, context.Memory.CountSpilled);
                    _file.Write(batch);
                }
            }
        }

        public IEnumerable<RecordBatch> Read()
        {
            while (_batches.TryDequeue(out RecordBatch? batch))
            {
                context.Memory.Release(batch.ByteSize);
                yield return batch;
            }

            SpillReader? reader = _file?.Read();
            while (reader?.Next() is { } batch)
            {
                yield return batch;
            }

            _file?.Dispose();
            _file = null;
        }

        public void Dispose()
        {
            _file?.Dispose();
            while (_batches.TryDequeue(out RecordBatch? batch))
            {
                context.Memory.Release(batch.ByteSize);
                batch.Dispose();
            }
        }
    }
}
