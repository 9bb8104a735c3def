namespace Millrace.Sql.Streaming;

/// <summary>What is going on in a query that runs on.</summary>
/// <param name="Watermark">Of the result.</param>
/// <param name="Inputs">The inputs by number.</param>
/// <param name="Stages">The stages in their order.</param>
public sealed record StreamStatus(long Watermark, IReadOnlyList<InputStatus> Inputs, IReadOnlyList<StageStatus> Stages);

/// <param name="Table">Name of the table.</param>
/// <param name="Watermark">Its watermark, none before the end of a table that ends and has none of its own; null for one without a say.</param>
/// <param name="IsAtEnd">Whether no more rows come.</param>
/// <param name="Splits">What the splits say, the one that holds it back first.</param>
public sealed record InputStatus(string Table, long? Watermark, bool IsAtEnd, IReadOnlyList<SplitWatermark> Splits);

/// <param name="Stage">Id of a stage with state, or the name of one without.</param>
/// <param name="Rows">Rows it gave.</param>
/// <param name="State">What it keeps.</param>
/// <param name="PeakBytes">The most it held at once: what it keeps, and what it gave in a round.</param>
/// <param name="Time">Time in it, summed over lanes.</param>
/// <param name="LateRows">Rows that came after their window was closed.</param>
/// <param name="ExpiredRows">Rows of state whose time to live was over.</param>
public sealed record StageStatus(string Stage, long Rows, StateSize State, long PeakBytes, TimeSpan Time, long LateRows, long ExpiredRows);
