using Millrace.Columnar;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Execution;

/// <summary>Takes the windows of a time, earliest first.</summary>
internal interface IWindowVisitor
{
    /// <param name="start">First instant of the window.</param>
    /// <param name="end">First instant behind it.</param>
    /// <returns>Whether more are wanted.</returns>
    bool Visit(long start, long end);
}

/// <summary>Which tumbling, hopping or cumulating windows a time falls in. In the unit of the time.</summary>
internal readonly struct TimeWindows
{
    private readonly TimeWindowKind _kind;
    private readonly WindowStep _size;
    private readonly WindowStep _advance;

    public TimeWindows(TimeUnit unit, TimeWindowKind kind, Interval size, Interval? advance)
    {
        _kind = kind;
        _size = new WindowStep(unit, size);
        _advance = advance is { } step ? new WindowStep(unit, step) : _size;
        Pane = _size.Span > 0 && _advance.Span > 0 ? CommonDivisor(_size.Span, _advance.Span) : 0;
    }

    /// <summary>
    /// Length of the longest pieces that all windows are made of, so that times in one piece fall in the same windows; 0 for
    /// windows of months.
    /// </summary>
    public long Pane { get; }

    /// <summary>Gives the windows of a time to a visitor.</summary>
    /// <returns>Whether the visitor wanted them all.</returns>
    public bool Visit<TVisitor>(long time, ref TVisitor visitor)
        where TVisitor : struct, IWindowVisitor
    {
        switch (_kind)
        {
            case TimeWindowKind.Tumble:
                Int128 start = _size.Floor(time);
                return Give(ref visitor, start, _size.From(start, 1));
            case TimeWindowKind.Hop:
                return Hops(time, ref visitor);
            default:
                return Cumulates(time, ref visitor);
        }
    }

    private static long CommonDivisor(long left, long right)
    {
        while (right != 0)
        {
            (left, right) = (right, left % right);
        }

        return left;
    }

    private static bool Give<TVisitor>(ref TVisitor visitor, Int128 start, Int128 end)
        where TVisitor : struct, IWindowVisitor
        => visitor.Visit(long.CreateSaturating(start), long.CreateSaturating(end));

    private bool Hops<TVisitor>(long time, ref TVisitor visitor)
        where TVisitor : struct, IWindowVisitor
    {
        // From the first window that has not ended.
        Int128 last = _advance.Floor(time);
        Int128 start = last;
        while (_size.From(_advance.From(start, -1), 1) > time)
        {
            start = _advance.From(start, -1);
        }

        for (; start <= last; start = _advance.From(start, 1))
        {
            Int128 end = _size.From(start, 1);
            if (end > time && !Give(ref visitor, start, end))
            {
                return false;
            }
        }

        return true;
    }

    private bool Cumulates<TVisitor>(long time, ref TVisitor visitor)
        where TVisitor : struct, IWindowVisitor
    {
        Int128 start = _size.Floor(time);
        Int128 longest = _size.From(start, 1);
        long count = _advance.CountTo(start, time);
        for (Int128 end = _advance.From(start, count); end < longest; end = _advance.From(start, ++count))
        {
            if (!Give(ref visitor, start, end))
            {
                return false;
            }
        }

        return Give(ref visitor, start, longest);
    }
}
