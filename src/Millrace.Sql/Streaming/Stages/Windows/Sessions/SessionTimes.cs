using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>When sessions end, and from which watermark they are final. Immutable.</summary>
/// <param name="Layout">Type of the times, and how far the watermark lags behind them.</param>
/// <param name="Gap">From the last row of a session to its end.</param>
/// <param name="Lateness">Microseconds for which a session still takes rows after it has closed.</param>
internal sealed record SessionTimes(WindowLayout Layout, WindowStep Gap, long Lateness)
{
    /// <summary>A gap behind a time.</summary>
    public long EndOf(long time) => long.CreateSaturating(Gap.From(time, 1));

    /// <summary>The watermark from which no more rows of a session come.</summary>
    public long ClosesAt(long end) => Layout.ClosesAt(WindowId.Of(end));

    /// <summary>The watermark from which it takes no more rows.</summary>
    public long EndsAt(long end) => StreamTime.Later(ClosesAt(end), Lateness);

    /// <summary>A column of times.</summary>
    public Column Column(ReadOnlySpan<long> values)
    {
        using var column = new FixedBuilder<long>(Layout.Type, values.Length);
        values.CopyTo(column.AppendUninitialized(values.Length));
        return column.Build();
    }
}
