using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>
/// Gives rows to another accumulator in the order of sort keys: <c>ORDER BY</c> inside a call, and <c>WITHIN GROUP</c>. It
/// keeps the rows until results are asked for.
/// </summary>
/// <param name="inner">Taken over; it gets the arguments only.</param>
/// <param name="arguments">Types of the arguments.</param>
/// <param name="order">The keys, which come behind the arguments.</param>
internal sealed unsafe class OrderedAccumulator(Accumulator inner, IReadOnlyList<DataType> arguments, IReadOnlyList<BoundOrder> order)
    : RowAccumulator(inner.Type, [.. arguments, .. order.Select(o => o.Expression.Type)])
{
    public override long ByteSize => base.ByteSize + inner.ByteSize;

    public override Column Results(int start, int count, RowFaults faults)
    {
        ReadOnlySpan<int> rows = Rows.Rows(start, count);
        using NativeBuffer memory = BufferPool.Rent(rows.Length * sizeof(int) * 2);
        var groups = new Span<int>(memory.Pointer, rows.Length);
        var sorted = new Span<int>((int*)memory.Pointer + rows.Length, rows.Length);
        using NativeBuffer numbers = BufferPool.Rent((rows.Length * sizeof(int)) + sizeof(int));
        var groupOfRow = new Span<int>(numbers.Pointer, rows.Length);
        for (int group = 0, at = 0; group < count; group++)
        {
            int size = Rows.Rows(start + group).Length;
            groupOfRow.Slice(at, size).Fill(group);
            at += size;
        }

        var columns = new List<Column>();
        try
        {
            for (int i = 0; i < arguments.Count + order.Count; i++)
            {
                columns.Add(Take.Rows(Rows.Column(i), rows));
            }

            Column groupColumn = new FixedColumn<int>(DataType.Int32, rows.Length, numbers.Share());
            columns.Add(groupColumn);
            Sort.Indices([new SortKey(groupColumn), .. order.Select((o, i) => new SortKey(columns[arguments.Count + i], o.Descending, o.NullsFirst))], sorted);
            for (int i = 0; i < sorted.Length; i++)
            {
                groups[i] = groupOfRow[sorted[i]];
            }

            inner.Resize(count);
            Feed(columns, sorted, groups);
            return inner.Results(0, count, faults);
        }
        finally
        {
            inner.Clear(0, count);
            columns.ForEach(c => c.Dispose());
        }
    }

    public override void Dispose()
    {
        inner.Dispose();
        base.Dispose();
    }

    private void Feed(List<Column> columns, ReadOnlySpan<int> sorted, ReadOnlySpan<int> groups)
    {
        var given = new Vector[arguments.Count];
        int made = 0;
        try
        {
            for (; made < given.Length; made++)
            {
                given[made] = new Vector(Take.Rows(columns[made], sorted));
            }

            inner.Update(groups, given, default);
        }
        finally
        {
            for (int i = 0; i < made; i++)
            {
                given[i].Dispose();
            }
        }
    }
}
