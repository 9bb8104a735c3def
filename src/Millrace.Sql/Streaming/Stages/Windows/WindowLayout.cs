using Millrace.Columnar;
using Millrace.Sql.Execution;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Streaming;

/// <summary>How rows come to windows. Immutable.</summary>
/// <param name="Type">Type of times and bounds.</param>
/// <param name="Bound">
/// What tells windows apart: a bound in a column of the rows, or, where the rows have a time only, the end of the windows of
/// that time.
/// </param>
/// <param name="ReadsTime">Whether rows have a time, not a bound.</param>
internal sealed record WindowLayout(DataType Type, WindowBound Bound, bool ReadsTime)
{
    private readonly WindowStep _size = Bound.Kind == TimeWindowKind.Session ? default : new WindowStep(Type.Unit, Bound.Size);

    /// <summary>The windows of a time; for <see cref="ReadsTime"/>.</summary>
    public TimeWindows Windows { get; } = ReadsTime ? new TimeWindows(Type.Unit, Bound.Kind, Bound.Size, Bound.Advance) : default;

    /// <summary>
    /// Whether rows are kept by pieces of windows, which several windows share: a row is then kept once however many windows
    /// it falls in.
    /// </summary>
    public bool HasPanes => ReadsTime && Bound.Kind != TimeWindowKind.Tumble;

    /// <summary>The watermark, in microseconds, from which no more rows of a window come.</summary>
    public long ClosesAt(WindowId window) => window.IsNull ? StreamTime.End : Bound.ClosesAt(window.Value, Type.Unit);

    /// <summary>The start or end of a window.</summary>
    public WindowId BoundOf(WindowId window, bool end)
    {
        if (window.IsNull || end == Bound.IsEnd)
        {
            return window;
        }

        return WindowId.Of(long.CreateSaturating(
            end ? _size.From(window.Value, 1)
            : Bound.Kind == TimeWindowKind.Cumulate ? _size.Floor((Int128)window.Value - 1)
            : _size.From(window.Value, -1)));
    }

    /// <summary>The times that come to the same slice as a time: from <c>First</c> to before <c>End</c>.</summary>
    public (WindowId Slice, long First, long End) SliceOf(long value)
    {
        if (!ReadsTime)
        {
            return (WindowId.Of(value), value, value == long.MaxValue ? value : value + 1);
        }

        if (HasPanes)
        {
            long pane = Windows.Pane;
            long first = long.CreateSaturating(TimeSteps.DivideDown(value, pane) * pane);
            return (WindowId.Of(first), first, long.CreateSaturating((Int128)first + pane));
        }

        Int128 start = _size.Floor(value);
        Int128 end = _size.From(start, 1);
        return (WindowId.Of(long.CreateSaturating(end)), long.CreateSaturating(start), long.CreateSaturating(end));
    }

    /// <summary>The windows that a slice is part of, by their ends, earliest first.</summary>
    public IReadOnlyList<WindowId> WindowsOf(WindowId slice)
    {
        var windows = new Collector([]);
        Windows.Visit(slice.Value, ref windows);
        return windows.Ends;
    }

    private readonly struct Collector(List<WindowId> ends) : IWindowVisitor
    {
        public List<WindowId> Ends => ends;

        public bool Visit(long start, long end)
        {
            ends.Add(WindowId.Of(end));
            return true;
        }
    }
}
