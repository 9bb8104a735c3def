using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>How a batch is tried again after an error that can pass. Each committed epoch starts the count anew.</summary>
[OptionShorthand("attempts")]
public sealed record RetrySpec
{
    [Description("Times that a batch is tried in all, the first included.")]
    [Range(1, 1_000_000)]
    public int Attempts { get; init; } = 5;

    [Description("Longest wait before the second attempt.")]
    public TimeSpan InitialDelay { get; init; } = TimeSpan.FromSeconds(1);

    [Description("Longest wait before any attempt, unless the remote asks for a longer one.")]
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(60);

    [Description("Factor by which the longest wait grows from attempt to attempt.")]
    [Range(1.0, 100.0)]
    public double Multiplier { get; init; } = 2;

    [Description("Time from the first failure after which nothing is tried again.")]
    public TimeSpan TotalTime { get; init; } = TimeSpan.FromMinutes(10);

    [Description("full waits a random part of the longest wait, so that many jobs do not come back at the same moment; none waits all of it.")]
    public RetryJitter Jitter { get; init; } = RetryJitter.Full;

    [Description("Codes of further errors that are tried again, though their class is permanent.")]
    [OptionExample("[MR3003]")]
    public IReadOnlyList<string> Codes { get; init; } = [];

    [Description("Texts; an error whose message, or the message of its cause, holds one of them is tried again. Case does not matter.")]
    [OptionExample("[\"connection reset\"]")]
    public IReadOnlyList<string> Patterns { get; init; } = [];
}

public enum RetryJitter
{
    Full,
    None,
}
