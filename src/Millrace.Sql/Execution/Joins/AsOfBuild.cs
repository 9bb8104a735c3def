using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Sorts the right side and makes a table of the first row of each key.</summary>
internal sealed class AsOfBuild(AsOfBuildNode node, QueryContext context) : IBreaker
{
    private readonly SortBreaker _sort = new(context, node.Schema, [.. node.Keys.Select(k => new OrderColumn(k)), new OrderColumn(node.Time.Right)], node.Schema.Count);
    private readonly List<RecordBatch> _sorted = [];
    private long _reserved;
    private AsOfTable? _table;

    /// <summary>The rows, when complete. Borrowed.</summary>
    public AsOfTable Table => _table!;

    public LaneOperator OpenLane() => _sort.OpenLane();

    public async ValueTask CompleteAsync(CancellationToken cancellation)
    {
        await _sort.CompleteAsync(cancellation).ConfigureAwait(false);
        IBatchSource source = _sort.OpenResult();
        await using (source.ConfigureAwait(false))
        {
            Catalog.ITablePart part = (await source.NextPartAsync(cancellation).ConfigureAwait(false))!;
            await using (part.ConfigureAwait(false))
            {
                while (await part.ReadAsync(cancellation).ConfigureAwait(false) is { } rows)
                {
                    _sorted.Add(rows);
                    Reserve(rows.ByteSize);
                }
            }
        }

        using RecordBatch none = NullRows.One(node.Schema);
        RecordBatch all = Concat.Batches([.. _sorted, none]);
        _sorted.ForEach(b => b.Dispose());
        _sorted.Clear();
        _table = new AsOfTable(all, node);
    }

    public IBatchSource OpenResult() => throw new System.Diagnostics.UnreachableException("What a join has built is read by the join alone.");

    public async ValueTask DisposeAsync()
    {
        _sorted.ForEach(b => b.Dispose());
        _sorted.Clear();
        _table?.Dispose();
        _table = null;
        context.Memory.Release(Interlocked.Exchange(ref _reserved, 0));
        await _sort.DisposeAsync().ConfigureAwait(false);
    }

    private void Reserve(long bytes)
    {
        if (!context.Memory.TryReserve(bytes))
        {
            throw SpillErrors.MemoryExhausted("The right rows of a nearest match", context.Memory.Limit);
        }

        _reserved += bytes;
    }
}
