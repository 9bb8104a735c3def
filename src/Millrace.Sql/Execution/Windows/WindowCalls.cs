using Millrace.Columnar;
using Millrace.Sql.Functions;

namespace Millrace.Sql.Execution;

/// <summary>Computes all calls of a window for a block.</summary>
internal static class WindowCalls
{
    /// <summary>The rows that come out; rows that a call has no value for are reported and left out. The caller owns them.</summary>
    public static RecordBatch Compute(WindowNode node, QueryContext context, RecordBatch rows)
    {
        var block = new WindowBlock(rows, node.Partition, node.Order);
        var faults = new RowFaults();
        var frames = new Dictionary<WindowFrame, FrameBounds>();
        var columns = new List<Column>();
        try
        {
            foreach (WindowColumn call in node.Calls)
            {
                bool uses = call is not WindowFunctionColumn { UsesFrame: false };
                FrameBounds? bounds = null;
                if (uses && !frames.TryGetValue(call.Frame, out bounds))
                {
                    bounds = FrameBounds.Of(block, call.Frame, node.Order);
                    frames.Add(call.Frame, bounds);
                }

                columns.Add(call is WindowFunctionColumn function
                    ? Function(function, block, bounds, faults, context.Cancellation)
                    : FrameAggregate.Compute((WindowAggregateColumn)call, block, bounds!, faults, context.Cancellation));
            }

            columns.InsertRange(0, rows.Columns.Take(node.Width).Select(c => c.Share()));
            var result = new RecordBatch(node.Schema, rows.Length, [.. columns]);
            columns.Clear();
            return WithoutFaults(context, result, faults);
        }
        finally
        {
            columns.ForEach(c => c.Dispose());
        }
    }

    /// <summary>The rows that have no fault, of rows that are taken over; faults are reported. The caller owns them.</summary>
    public static RecordBatch WithoutFaults(QueryContext context, RecordBatch rows, RowFaults faults)
    {
        if (!faults.Any)
        {
            return rows;
        }

        using (rows)
        {
            FaultReport.Send(context, rows, faults);
            HashSet<int> bad = [.. faults.All.Select(f => f.Row)];
            return Take.Rows(rows, Enumerable.Range(0, rows.Length).Where(r => !bad.Contains(r)).ToArray());
        }
    }

    /// <summary>A function for all rows of a block; the caller owns the column.</summary>
    public static Column Function(WindowFunctionColumn call, WindowBlock block, FrameBounds? bounds, RowFaults faults, CancellationToken cancellation)
    {
        using ColumnBuilder results = ColumnBuilder.Create(call.Field.Type, block.Rows.Length);
        var arguments = new Vector[call.Arguments.Count];
        var relative = new Relative();
        var own = new RowFaults();
        for (int partition = 0; partition < block.Partitions; partition++)
        {
            cancellation.ThrowIfCancellationRequested();
            int start = block.Starts[partition];
            int rows = block.Starts[partition + 1] - start;
            int made = 0;
            try
            {
                for (; made < arguments.Length; made++)
                {
                    arguments[made] = new Vector(block.Rows[call.Arguments[made]].Slice(start, rows));
                }

                relative.Set(block, bounds, start, rows);
                call.Kernel(
                    new WindowCall
                    {
                        Arguments = arguments,
                        Rows = rows,
                        PeerStart = relative.PeerStart.AsSpan(0, rows),
                        PeerEnd = relative.PeerEnd.AsSpan(0, rows),
                        FrameStart = bounds is null ? [] : relative.FrameStart.AsSpan(0, rows),
                        FrameEnd = bounds is null ? [] : relative.FrameEnd.AsSpan(0, rows),
                        Exclusion = call.Frame.Exclusion,
                        IgnoreNulls = call.IgnoreNulls,
                        Faults = own,
                    },
                    results);
            }
            finally
            {
                for (int i = 0; i < made; i++)
                {
                    arguments[i].Dispose();
                }
            }

            foreach (RowFault fault in own.All)
            {
                faults.Span = fault.Span;
                faults.Add(start + fault.Row, fault.Code, fault.Message);
            }

            own.Clear();
        }

        return results.Build();
    }

    /// <summary>Row numbers counted from the first row of a partition.</summary>
    private sealed class Relative
    {
        public int[] PeerStart { get; private set; } = [];

        public int[] PeerEnd { get; private set; } = [];

        public int[] FrameStart { get; private set; } = [];

        public int[] FrameEnd { get; private set; } = [];

        public void Set(WindowBlock block, FrameBounds? bounds, int start, int rows)
        {
            PeerStart = Shift(PeerStart, block.PeerStart, start, rows);
            PeerEnd = Shift(PeerEnd, block.PeerEnd, start, rows);
            if (bounds is not null)
            {
                FrameStart = Shift(FrameStart, bounds.Start, start, rows);
                FrameEnd = Shift(FrameEnd, bounds.End, start, rows);
            }
        }

        private static int[] Shift(int[] target, int[] source, int start, int rows)
        {
            if (target.Length < rows)
            {
                target = new int[rows];
            }

            for (int i = 0; i < rows; i++)
            {
                target[i] = source[start + i] - start;
            }

            return target;
        }
    }
}
