using Millrace.Columnar;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Execution;

/// <summary>Each row once for each window that its time falls in, with the window's bounds. Rows without a time are left out.</summary>
public sealed class TimeWindowNode : StreamNode
{
    private readonly TimeWindows _windows;

    /// <param name="schema">The input's first columns, the start and the end of the window.</param>
    /// <param name="input">The rows.</param>
    /// <param name="width">How many of the input's columns come out.</param>
    /// <param name="time">The column of the time, a timestamp.</param>
    /// <param name="kind">Tumble, hop or cumulate.</param>
    /// <param name="size">Length of a window; of cumulating ones the longest.</param>
    /// <param name="advance">From one window to the next, or from one end to the next of cumulating ones.</param>
    public TimeWindowNode(Schema schema, PhysicalNode input, int width, int time, TimeWindowKind kind, Interval size, Interval? advance)
        : base(schema, input)
    {
        (Width, Time, Kind) = (width, time, kind);
        _windows = new TimeWindows(input.Schema[time].Type.Unit, kind, size, advance);
    }

    public int Width { get; }

    public int Time { get; }

    public TimeWindowKind Kind { get; }

    public override string Name => "TimeWindow";

    public override string Details => $"{Kind.ToString().ToLowerInvariant()} {Inputs[0].Schema[Time].Name}";

    public override LaneOperator Open(QueryRun run, IDisposable? shared, LaneOperator output) => new Lane(this, output, run.Context.Cancellation);

    private sealed class Lane : LaneOperator
    {
        private readonly TimeWindowNode _node;
        private readonly LaneOperator _output;
        private readonly FixedBuilder<long> _starts;
        private readonly FixedBuilder<long> _ends;
        private readonly RowMultiplier _rows;

        public Lane(TimeWindowNode node, LaneOperator output, CancellationToken cancellation)
        {
            (_node, _output) = (node, output);
            _starts = new FixedBuilder<long>(node.Schema[node.Width].Type);
            _ends = new FixedBuilder<long>(node.Schema[node.Width + 1].Type);
            _rows = new RowMultiplier(node.Schema, node.Width, output, cancellation, _starts, _ends);
        }

        public override bool IsSatisfied => _output.IsSatisfied;

        public override void Push(Chunk chunk)
        {
            var times = (FixedColumn<long>)chunk.Rows[_node.Time];
            if (_node.Kind == TimeWindowKind.Tumble && _node._windows.Pane > 0 && !times.HasNulls && TryTumble(chunk, times.Values))
            {
                return;
            }

            for (int row = 0; row < times.Length; row++)
            {
                var windows = new Row(this, chunk, row);
                if (!times.IsNull(row) && !_node._windows.Visit(times.Values[row], ref windows))
                {
                    return;
                }
            }

            _rows.Flush(chunk);
        }

        public override void Finish() => _output.Finish();

        public override void Dispose() => _rows.Dispose();

        // Each row once, in windows of a fixed length: all of a batch at once. Times at the ends of what a timestamp can hold are not for here.
        private bool TryTumble(Chunk chunk, ReadOnlySpan<long> times)
        {
            long span = _node._windows.Pane;
            const long far = long.MaxValue / 2;
            if (!TryStarts(times, span, _starts.AppendUninitialized(times.Length), far))
            {
                _starts.Truncate(0);
                return false;
            }

            Span<long> ends = _ends.AppendUninitialized(times.Length);
            ReadOnlySpan<long> starts = _starts.Values;
            for (int i = 0; i < ends.Length; i++)
            {
                ends[i] = starts[i] + span;
            }

            var columns = new Column[_node.Schema.Count];
            for (int i = 0; i < _node.Width; i++)
            {
                columns[i] = chunk.Rows[i].Share();
            }

            columns[_node.Width] = _starts.Build();
            columns[_node.Width + 1] = _ends.Build();
            using var batch = new RecordBatch(_node.Schema, times.Length, columns);
            _output.Push(new Chunk(batch, chunk.Part));
            return true;
        }

        private static bool TryStarts(ReadOnlySpan<long> times, long span, Span<long> starts, long far)
        {
            long start = 0;
            for (int i = 0; i < times.Length; i++)
            {
                // Rows near each other are mostly in the same window.
                long time = times[i];
                if ((ulong)(time - start) >= (ulong)span)
                {
                    if (time > far || time < -far)
                    {
                        return false;
                    }

                    long rest = time % span;
                    start = time - (rest < 0 ? rest + span : rest);
                }

                starts[i] = start;
            }

            return true;
        }

        private bool Add(Chunk chunk, int row, long start, long end)
        {
            _rows.Add(row);
            _starts.Append(start);
            _ends.Append(end);
            return !_rows.IsFull || _rows.Flush(chunk);
        }

        private readonly struct Row(Lane lane, Chunk chunk, int row) : IWindowVisitor
        {
            public bool Visit(long start, long end) => lane.Add(chunk, row, start, end);
        }
    }
}
