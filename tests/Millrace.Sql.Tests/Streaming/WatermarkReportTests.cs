using Millrace.Sql.Streaming;

namespace Millrace.Sql.Tests.Streaming;

public sealed class WatermarkReportTests
{
    [Fact]
    public void The_split_that_holds_the_result_back_is_named()
    {
        SplitWatermark[] splits = [new("idle", 1_000_000, true, true), new("slow", 2_000_000, false, true), new("fast", 9_000_000, false, true)];
        var status = new StreamStatus(2_000_000, [new InputStatus("orders", 2_000_000, false, splits), new InputStatus("rates", null, false, []), new InputStatus("old", 5, true, [])], []);
        IReadOnlyList<WatermarkLine> lines = WatermarkReport.Of(status);
        Assert.Equal(
            ["orders: holds the result back", "orders idle: is idle, and holds nothing back", "orders slow: holds the result back", "orders fast: is ahead", "rates: has none, and holds nothing back", "old: has ended", "result: "],
            lines.Select(l => $"{l.Table}{(l.Split is null ? "" : " " + l.Split)}: {l.Standing}"));
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(2), lines[^1].Watermark);
    }

    [Fact]
    public void A_split_without_rows_says_so()
    {
        var status = new StreamStatus(StreamTime.None, [new InputStatus("orders", StreamTime.None, false, [new("a", StreamTime.None, false, false)])], []);
        Assert.Equal("holds the result back: no row of it was read", WatermarkReport.Of(status)[1].Standing);
        Assert.Null(WatermarkReport.Of(status)[1].Watermark);
    }
}
