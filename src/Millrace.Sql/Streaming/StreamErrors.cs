namespace Millrace.Sql.Streaming;

/// <summary>What is said of queries that run on.</summary>
public static class StreamErrors
{
    public static readonly ErrorCode BadWatermarkCode = new("MR5401", "The watermark of a table is no time of its rows.", "Write WATERMARK FOR ts AS ts - INTERVAL '5' SECOND over a timestamp column.");
    public static readonly ErrorCode DamagedStateCode = new("MR5402", "The saved state of a query does not fit the query.", "Begin anew: millrace state reset.");

    public static readonly ErrorCode StateTooLargeCode = new("MR5403", "What a query has to remember does not fit into the memory it may use.", "End the state with a window or 'state.ttl', or raise memory_limit.");
    public static readonly ErrorCode WeightTooLargeCode = new("MR5404", "Equal rows of a query are more than can be counted.", "Look for a join whose keys are not unique on either side, and group its sides first.");
    public static readonly ErrorCode NotAppendOnlyCode = new("MR5410", "A query changes rows that it has given, and its target is to take only new ones.", "Choose how changes are written: changelog = 'upsert', 'retract' or 'debezium'; or EMIT FINAL.");
    public static readonly ErrorCode NoKeyCode = new("MR5411", "An upsert needs to know what tells rows apart.", "Declare it: CREATE TABLE t (…, PRIMARY KEY (a, b)); or choose changelog = 'retract'.");

    public static readonly ErrorCode NoWatermarkCode = new("MR5405", "Windows over a table that never ends would never close, since it has no watermark.", "Write WATERMARK FOR ts AS ts - INTERVAL '5' SECOND in CREATE STREAM, or EMIT CHANGES.");

    internal static MillraceException NoWatermark(string table, Parsing.TextSpan span)
        => NoWatermarkCode.Error($"{table} never ends and has no watermark, so its windows never close.", Binding.BindingErrors.Place(span));

    internal static MillraceException BadWatermark(string table, string what) => BadWatermarkCode.Error($"The watermark of {table} {what}.");

    internal static MillraceException StateTooLarge(StagePlan largest, StateSize size, long bytes, long limit)
        => StateTooLargeCode.Error(string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"The state takes {bytes >> 20} MiB of {limit >> 20} MiB; {largest.Name} {largest.Details} keeps most of it: {size.Rows} rows in {size.Bytes >> 20} MiB."));

    internal static MillraceException WeightTooLarge() => WeightTooLargeCode.Error("A row would count more than 9223372036854775807 times.");

    internal static MillraceException DamagedState(string what) => DamagedStateCode.Error(what);

    internal static MillraceException NotAppendOnly() => NotAppendOnlyCode.Error("The query changes rows that it has given, so it cannot be appended.");

    internal static MillraceException NoKey() => NoKeyCode.Error("No columns are known that tell the rows of the query apart.");

    internal static MillraceException UnknownKey(string column, IEnumerable<string> columns)
        => NoKeyCode.Error($"The query has no column '{column}' for the key{NearestName.Suggest(column, columns)}.");
}
