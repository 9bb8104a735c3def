namespace Millrace.Sql.Streaming;

/// <summary>What time it is for a stage when a round ends.</summary>
/// <param name="Watermark">Event time up to which its inputs are complete, in microseconds: <see cref="StreamTime"/>.</param>
/// <param name="Now">Time of the run's clock, in microseconds.</param>
public readonly record struct RoundTime(long Watermark, long Now)
{
    /// <summary>Whether no input has more rows.</summary>
    public bool IsEnd => Watermark == StreamTime.End;
}
