namespace Millrace.TestKit.Nexmark;

/// <summary>The kinds of event.</summary>
public enum NexmarkKind
{
    Person,
    Auction,
    Bid,
}

/// <summary>
/// Which event comes where: of every 50 events the first is a person, the next three are auctions, the rest bids. Persons and
/// auctions are numbered in the order of their events.
/// </summary>
public static class NexmarkOrder
{
    /// <summary>The number of the first person, and of the first auction.</summary>
    public const long FirstId = 1_000;

    /// <summary>Events after which the kinds repeat.</summary>
    public const int Cycle = Persons + Auctions + Bids;

    internal const int Persons = 1;
    internal const int Auctions = 3;
    internal const int Bids = 46;

    public static NexmarkKind Kind(long number) => (number % Cycle) switch
    {
        < Persons => NexmarkKind.Person,
        < Persons + Auctions => NexmarkKind.Auction,
        _ => NexmarkKind.Bid,
    };

    /// <summary>Persons there are once an event has happened, less one.</summary>
    internal static long LastPerson(long number) => (number / Cycle * Persons) + Math.Min(number % Cycle, Persons - 1);

    /// <summary>Auctions there are once an event has happened, less one; -1 before the first.</summary>
    internal static long LastAuction(long number) => (number / Cycle * Auctions) + Math.Min((number % Cycle) - Persons, Auctions - 1);

    /// <summary>The time of an event's place, in milliseconds after the start.</summary>
    internal static long Milliseconds(long number, NexmarkOptions options) => (long)((Int128)number * 1_000 / options.EventsPerSecond);
}
