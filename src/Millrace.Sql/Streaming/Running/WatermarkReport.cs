namespace Millrace.Sql.Streaming;

/// <summary>Who holds the watermark of a query back: what <c>EXPLAIN WATERMARK</c> shows.</summary>
public static class WatermarkReport
{
    /// <summary>A line for each split of each input, and a last one for the result.</summary>
    public static IReadOnlyList<WatermarkLine> Of(StreamStatus status)
    {
        var lines = new List<WatermarkLine>();
        long? least = status.Inputs.Where(i => i is { Watermark: not null, IsAtEnd: false }).Min(i => i.Watermark);
        foreach (InputStatus input in status.Inputs)
        {
            if (input.Watermark is not { } watermark)
            {
                lines.Add(new WatermarkLine(input.Table, null, null, "has none, and holds nothing back"));
                continue;
            }

            bool holds = !input.IsAtEnd && watermark == least;
            string say = input.IsAtEnd ? "has ended" : holds ? "holds the result back" : "is ahead";
            lines.Add(new WatermarkLine(input.Table, null, StreamTime.ToDateTime(watermark), say));
            SplitWatermark? last = input.Splits.Where(s => !s.IsIdle).Select(s => (SplitWatermark?)s).FirstOrDefault();
            lines.AddRange(input.Splits.Select(s => new WatermarkLine(input.Table, s.Split, StreamTime.ToDateTime(s.Watermark), Describe(s, holds && s == last))));
        }

        lines.Add(new WatermarkLine("result", null, StreamTime.ToDateTime(status.Watermark), status.Inputs.All(i => i.IsAtEnd) ? "is complete" : ""));
        return lines;
    }

    private static string Describe(SplitWatermark split, bool holds)
        => split.IsIdle ? "is idle, and holds nothing back" : holds ? split.HasRows ? "holds the result back" : "holds the result back: no row of it was read" : "is ahead";
}

/// <param name="Table">Name of the table, or <c>result</c>.</param>
/// <param name="Split">Key of the split; null for the table as a whole.</param>
/// <param name="Watermark">Event time up to which it is complete; null while nothing is known.</param>
/// <param name="Standing">What that means for the result.</param>
public sealed record WatermarkLine(string Table, string? Split, DateTimeOffset? Watermark, string Standing);
