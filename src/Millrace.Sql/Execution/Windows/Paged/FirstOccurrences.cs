using Millrace.Columnar;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Execution;

/// <summary>
/// Which rows of a partition on disk are the first with their arguments, for aggregates of different values: in frames that
/// begin at the first row these rows count and no others. For frames that end at the last row it is the last with its
/// arguments, if their order does not matter. Found by sorting, kept as a bit for each row. One thread uses it.
/// </summary>
internal sealed unsafe class FirstOccurrences(LargePartition partition, WindowAggregateColumn call) : IDisposable
{
    private readonly bool _fromFirst = call.Frame.Start == FrameBoundKind.UnboundedPreceding;
    private NativeBuffer? _bits;

    /// <summary>Whether the frames of the call are such.</summary>
    public bool Serves { get; } = call.Frame.Exclusion == FrameExclusion.NoOthers
        && (call.Frame.Start == FrameBoundKind.UnboundedPreceding || (call.Frame.End == FrameBoundKind.UnboundedFollowing && !call.Ordered));

    /// <summary>Sets the groups of a page's rows that do not count to -1.</summary>
    public void LeaveOutOthers(int page, int[] groups)
    {
        _bits ??= Find();
        long first = partition.Pages.FirstRow(page);
        for (int i = 0; i < groups.Length; i++)
        {
            long row = first + i;
            groups[i] = (_bits.Pointer[row >> 3] & (1 << (int)(row & 7))) != 0 ? groups[i] : -1;
        }
    }

    public void Dispose()
    {
        partition.Context.Memory.Count(-(_bits?.Capacity ?? 0));
        _bits?.Dispose();
        _bits = null;
    }

    private NativeBuffer Find()
    {
        int width = call.Arguments.Count;
        var schema = new Schema([.. call.Arguments.Select((a, i) => new Field($"a{i}", partition.Schema[a].Type)), new Field("row", DataType.Int64, nullable: false)]);
        OrderColumn[] order = [.. Enumerable.Range(0, width).Select(i => new OrderColumn(i)), new OrderColumn(width, Descending: !_fromFirst)];
        QueryContext context = partition.Context with { Lanes = 1 };
        var sort = new SortBreaker(context, schema, order, schema.Count);
        NativeBuffer bits = BufferPool.RentZeroed(checked((int)((partition.Pages.Rows + 7) / 8)));
        context.Memory.Count(bits.Capacity);
        _bits = bits;
        try
        {
            using (LaneOperator lane = sort.OpenLane())
            {
                for (int page = 0; page < partition.Pages.Count; page++)
                {
                    Push(page, schema, lane);
                }

                lane.Finish();
            }

            sort.Complete(context.Cancellation);
            using RunMerger merger = sort.OpenMerger();
            Mark(merger, width, bits);
            return bits;
        }
        finally
        {
            sort.Release();
        }
    }

    // The rows of a page that count, with their numbers.
    private void Push(int page, Schema schema, LaneOperator lane)
    {
        using RecordBatch rows = partition.Pages.Read(page);
        var input = new AggregateInput(call, rows);
        int[] chosen = [.. Enumerable.Range(0, rows.Length).Where(input.Counts)];
        if (chosen.Length == 0)
        {
            return;
        }

        using var numbers = new FixedBuilder<long>(DataType.Int64, chosen.Length);
        foreach (int row in chosen)
        {
            numbers.Append(partition.Pages.FirstRow(page) + row);
        }

        using var batch = new RecordBatch(schema, chosen.Length, [.. call.Arguments.Select(a => Take.Rows(rows[a], chosen)), numbers.Build()]);
        lane.Push(new Chunk(batch, 0));
    }

    private static void Mark(RunMerger merger, int width, NativeBuffer bits)
    {
        RecordBatch? before = null;
        try
        {
            while (merger.Next() is { } rows)
            {
                Column[] keys = [.. rows.Columns.Take(width)];
                bool[] same = AdjacentRows.AreEqual(keys, rows.Length);
                if (before is not null)
                {
                    RowEquality.Test([.. before.Columns.Take(width)], [before.Length - 1], keys, [0], same.AsSpan(0, 1));
                }

                ReadOnlySpan<long> numbers = ((FixedColumn<long>)rows[width]).Values;
                for (int i = 0; i < same.Length; i++)
                {
                    if (!same[i])
                    {
                        bits.Pointer[numbers[i] >> 3] |= (byte)(1 << (int)(numbers[i] & 7));
                    }
                }

                before?.Dispose();
                before = rows;
            }
        }
        finally
        {
            before?.Dispose();
        }
    }
}
