namespace Millrace.TestKit.Nexmark;

/// <summary>What decides the events of Nexmark; the same options give the same bytes. The defaults are the benchmark's.</summary>
public sealed record NexmarkOptions
{
    /// <summary>Where the random numbers begin.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Event time of event 0, in UTC.</summary>
    public DateTime Start { get; init; } = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Events in a second of event time.</summary>
    public int EventsPerSecond { get; init; } = 10_000;

    /// <summary>How much earlier than its place says an event's time may be; zero keeps the times in order.</summary>
    public TimeSpan Disorder { get; init; }

    /// <summary>One bid in so many goes to any auction, the others to the hot one.</summary>
    public int HotAuctions { get; init; } = 2;

    /// <summary>One bid in so many comes from any person, the others from the hot one.</summary>
    public int HotBidders { get; init; } = 4;

    /// <summary>One auction in so many is any person's, the others are the hot seller's.</summary>
    public int HotSellers { get; init; } = 4;

    /// <summary>The newest so many persons are active.</summary>
    public int ActivePeople { get; init; } = 1_000;

    /// <summary>The newest so many auctions take bids.</summary>
    public int OpenAuctions { get; init; } = 100;
}
