namespace Millrace.Sql.Streaming;

/// <summary>What is said of queries that run on.</summary>
public static class StreamErrors
{
    public static readonly ErrorCode BadWatermarkCode = new("MR5401", "The watermark of a table is no time of its rows.", "Write WATERMARK FOR ts AS ts - INTERVAL '5' SECOND over a timestamp column.");
    public static readonly ErrorCode DamagedStateCode = new("MR5402", "The saved state of a query does not fit the query.", "Begin anew: millrace state reset.");

    internal static MillraceException BadWatermark(string table, string what) => BadWatermarkCode.Error($"The watermark of {table} {what}.");

    internal static MillraceException DamagedState(string what) => DamagedStateCode.Error(what);
}
