namespace Millrace.Sql.Streaming;

/// <summary>What is said of queries that run on.</summary>
public static class StreamErrors
{
    public static readonly ErrorCode BadWatermarkCode = new("MR5401", "The watermark of a table is no time of its rows.", "Write WATERMARK FOR ts AS ts - INTERVAL '5' SECOND over a timestamp column.");
    public static readonly ErrorCode DamagedStateCode = new("MR5402", "The saved state of a query does not fit the query.", "Begin anew: millrace state reset.");

    public static readonly ErrorCode StateTooLargeCode = new("MR5403", "What a query has to remember does not fit into the memory it may use.", "End the state with a window or 'state.ttl', or raise memory_limit.");

    internal static MillraceException BadWatermark(string table, string what) => BadWatermarkCode.Error($"The watermark of {table} {what}.");

    internal static MillraceException StateTooLarge(StagePlan largest, StateSize size, long bytes, long limit)
        => StateTooLargeCode.Error(string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"The state takes {bytes >> 20} MiB of {limit >> 20} MiB; {largest.Name} {largest.Details} keeps most of it: {size.Rows} rows in {size.Bytes >> 20} MiB."));

    internal static MillraceException DamagedState(string what) => DamagedStateCode.Error(what);
}
