namespace Millrace.Sql.Execution;

/// <summary>What the expressions of a statement share.</summary>
public sealed class EvaluationContext
{
    private RandomNumbers? _random;

    /// <summary>The one time that <c>now()</c> gives throughout the statement.</summary>
    public DateTimeOffset Now { get; init; } = DateTimeOffset.UtcNow;

    /// <summary>Zone for what depends on one.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Source of random numbers; null for one of the system.</summary>
    public int? Seed { get; init; }

    /// <summary>The random numbers.</summary>
    public RandomNumbers Random => _random ?? Interlocked.CompareExchange(ref _random, new RandomNumbers(Seed), null) ?? _random;

    /// <summary>Ends the statement; what may take long for a single row looks at it.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Longest that a match of a pattern may take.</summary>
    public TimeSpan PatternTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Most bytes that one value may grow to, as by <c>repeat</c>.</summary>
    public int MaxValueBytes { get; init; } = 64 << 20;
}
