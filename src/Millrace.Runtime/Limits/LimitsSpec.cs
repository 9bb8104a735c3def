using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>What a job may use. A limit that is absent does not apply.</summary>
public sealed record LimitsSpec
{
    [Description("Rows that the job writes in a second, on average.")]
    [Range(1L, long.MaxValue)]
    public long? RowsPerSecond { get; init; }

    [Description("Bytes of the source that the job reads in a second, on average.")]
    [Range(1L, long.MaxValue)]
    [OptionExample("10MB")]
    public ByteSize? BytesPerSecond { get; init; }

    [Description("Memory for rows that wait between reading and writing. Fewer splits are read at once when it is small.")]
    [Range(1L, long.MaxValue)]
    [OptionExample("16MiB")]
    public ByteSize? Memory { get; init; }

    [Description("Splits that are read at once: connections to a database, open files. Default: one a thread.")]
    [Range(1, Pipeline.MaxThreads)]
    public int? Splits { get; init; }

    [Description("Time without progress after which the run says which stage is stuck and what waits for it. 0s: never.")]
    public TimeSpan StallWarning { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Lanes of a job that would like so many.</summary>
    internal int Lanes(int wanted)
    {
        long byMemory = Memory is { } memory ? Math.Max(1, memory.Bytes / OrderedLanes.QueueBytes) : long.MaxValue;
        return (int)Math.Min(Math.Min(wanted, Splits ?? int.MaxValue), byMemory);
    }
}
