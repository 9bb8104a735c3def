using Millrace.Columnar;
using Millrace.Sql.Catalog;

namespace Millrace.Sql.Execution;

/// <summary>
/// Sorts rows by partition and order. With several lanes rows are dealt by the hash of their partition into as many sorts,
/// so that lanes compute different partitions at once.
/// </summary>
internal sealed class WindowBreaker : IBreaker
{
    private readonly WindowNode _node;
    private readonly QueryContext _context;
    private readonly SortBreaker[] _sorts;

    public WindowBreaker(WindowNode node, QueryContext context)
    {
        _node = node;
        _context = context;
        int sorts = node.Partition.Count > 0 ? Math.Max(1, context.Lanes) : 1;
        OrderColumn[] order = [.. node.Partition.Select(p => new OrderColumn(p)), .. node.Order];
        Schema schema = node.Inputs[0].Schema;
        PartitionTop? top = node.First is { } first ? new PartitionTop(node.Partition.Count, first) : null;
        _sorts = [.. Enumerable.Range(0, sorts).Select(_ => new SortBreaker(context, schema, order, schema.Count, partitionTop: top))];
    }

    public LaneOperator OpenLane()
    {
        LaneOperator[] lanes = [.. _sorts.Select(s => s.OpenLane())];
        return lanes.Length == 1 ? lanes[0] : new DealLane(_node.Partition, lanes);
    }

    public async ValueTask CompleteAsync(CancellationToken cancellation)
    {
        foreach (SortBreaker sort in _sorts)
        {
            await sort.CompleteAsync(cancellation).ConfigureAwait(false);
        }
    }

    public IBatchSource OpenResult() => new Source(_node, _context, [.. _sorts.Select(s => s.OpenResult())]);

    public async ValueTask DisposeAsync()
    {
        foreach (SortBreaker sort in _sorts)
        {
            await sort.DisposeAsync().ConfigureAwait(false);
        }
    }

    private sealed class Source(WindowNode node, QueryContext context, IBatchSource[] sorted) : IBatchSource
    {
        private int _next = -1;

        public async ValueTask<ITablePart?> NextPartAsync(CancellationToken cancellation)
        {
            int number = Interlocked.Increment(ref _next);
            if (number >= sorted.Length)
            {
                return null;
            }

            ITablePart rows = (await sorted[number].NextPartAsync(cancellation).ConfigureAwait(false))!;
            return new WindowPart(node, context, rows, number);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (IBatchSource source in sorted)
            {
                await source.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
