using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>When an epoch is closed and committed. What is not set is derived and printed as suggested.</summary>
[OptionShorthand("strategy")]
public sealed record BatchSpec
{
    [Description("What closes an epoch: fixed_size a number of rows, time_window a time, adaptive_size as many rows as commit within a target latency, memory_based bytes in memory, low_latency the first row.")]
    public required BatchStrategy Strategy { get; init; }

    [Description("Rows of an epoch, for fixed_size (default 100) and low_latency (default 1).")]
    [Range(1, FixedSizeBatching.MaxRows)]
    public int? Size { get; init; }

    [Description("How long an epoch stays open, for time_window (default 1s) and low_latency (default 1ms).")]
    public TimeSpan? Window { get; init; }

    [Description("Fewest rows that adaptive_size goes down to. Default 10.")]
    [Range(1, AdaptiveSizeBatching.LargestSize)]
    public int? MinSize { get; init; }

    [Description("Most rows that adaptive_size goes up to. Default 1000.")]
    [Range(1, AdaptiveSizeBatching.LargestSize)]
    public int? MaxSize { get; init; }

    [Description("What writing and committing an epoch may take, for adaptive_size to aim at. Default 100ms.")]
    public TimeSpan? TargetLatency { get; init; }

    [Description("Bytes of rows in memory that close an epoch, for memory_based. Default 1MiB.")]
    [Range(1L, long.MaxValue)]
    public ByteSize? Memory { get; init; }

    [Description("The longest that rows wait for an epoch to fill up while a job follows its source. Default 10s.")]
    public TimeSpan? MaxWait { get; init; }
}

public enum BatchStrategy
{
    FixedSize,
    TimeWindow,
    AdaptiveSize,
    MemoryBased,
    LowLatency,
}
