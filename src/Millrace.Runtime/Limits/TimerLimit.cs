namespace Millrace.Runtime;

/// <summary>What timers can do, for times that come from outside.</summary>
internal static class TimerLimit
{
    // A timer takes no more than some 49 days.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(40);

    /// <summary>
    /// A time that a timer takes: whole milliseconds, since a part of one would end too early, and not too many of them. Whoever
    /// waits asks afterwards whether the time is over.
    /// </summary>
    public static TimeSpan Fit(TimeSpan time) => time < Longest ? TimeSpan.FromMilliseconds(Math.Ceiling(time.TotalMilliseconds)) : Longest;
}
