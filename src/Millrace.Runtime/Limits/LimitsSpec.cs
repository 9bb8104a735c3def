using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>What a job may use. A limit that is absent does not apply.</summary>
public sealed record LimitsSpec
{
    [Description("Rows that the job writes in a second, on average over a few seconds.")]
    [Range(1L, long.MaxValue)]
    public long? RowsPerSecond { get; init; }

    [Description("Bytes of the source that the job reads in a second, on average over a few seconds.")]
    [Range(1L, long.MaxValue)]
    [OptionExample("10MB")]
    public ByteSize? BytesPerSecond { get; init; }

    [Description("Time without progress after which the run says which stage is stuck and what waits for it.")]
    public TimeSpan StallWarning { get; init; } = TimeSpan.FromSeconds(60);
}
