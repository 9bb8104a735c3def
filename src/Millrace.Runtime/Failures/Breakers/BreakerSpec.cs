using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>When a remote is left alone for a while. All jobs of the process that talk to one remote share its breaker.</summary>
[OptionShorthand("failures")]
public sealed record BreakerSpec
{
    [Description("Failures in a row after which the remote is left alone. Only errors of the remote that can pass count.")]
    [Range(1, 1_000_000)]
    public int Failures { get; init; } = 5;

    [Description("How long the remote is left alone before one attempt is let through to see whether it is back.")]
    public TimeSpan OpenFor { get; init; } = TimeSpan.FromSeconds(30);
}
