namespace Millrace.TestKit.Nexmark;

/// <summary>The fields of persons, auctions and bids, with the distributions of the benchmark.</summary>
internal static class NexmarkEvents
{
    // Of so many consecutive persons or auctions one is hot.
    private const int PerHot = 100;

    // How far ahead of what there is persons and auctions may be named.
    private const int Lead = 10;

    private const int FirstCategory = 10;
    private const int Categories = 5;
    private const int OtherChannels = 10_000;

    private static readonly string[] FirstNames = ["Peter", "Paul", "Luke", "John", "Saul", "Vicky", "Kate", "Julie", "Sarah", "Deiter", "Walter"];
    private static readonly string[] LastNames = ["Shultz", "Abrams", "Spencer", "White", "Bartels", "Walton", "Smith", "Jones", "Noris"];
    private static readonly string[] Cities = ["Phoenix", "Los Angeles", "San Francisco", "Boise", "Portland", "Bend", "Redmond", "Seattle", "Kent", "Cheyenne"];
    private static readonly string[] States = ["AZ", "CA", "ID", "OR", "WA", "WY"];
    private static readonly string[] HotChannels = ["Google", "Facebook", "Baidu", "Apple"];

    public static void Append(NexmarkLines lines, NexmarkOptions options, long number)
    {
        var random = new NexmarkRandom(options.Seed, number);
        DateTime time = options.Start.AddMilliseconds(NexmarkOrder.Milliseconds(number, options) - random.Below((long)options.Disorder.TotalMilliseconds + 1));
        switch (NexmarkOrder.Kind(number))
        {
            case NexmarkKind.Person:
                AddPerson(lines, ref random, number, time);
                break;
            case NexmarkKind.Auction:
                AddAuction(lines, ref random, options, number, time);
                break;
            default:
                AddBid(lines, ref random, options, number, time);
                break;
        }
    }

    private static void AddPerson(NexmarkLines lines, ref NexmarkRandom random, long number, DateTime time)
    {
        lines.Add("{\"id\":"u8).Add(NexmarkOrder.FirstId + NexmarkOrder.LastPerson(number))
            .Add(",\"name\":\""u8).Add(Pick(ref random, FirstNames)).Add(" "u8).Add(Pick(ref random, LastNames))
            .Add("\",\"emailAddress\":\""u8).AddLetters(ref random, 7).Add("@"u8).AddLetters(ref random, 5)
            .Add(".com\",\"creditCard\":\""u8);
        for (int i = 0; i < 4; i++)
        {
            lines.Add(i == 0 ? ""u8 : " "u8).Add(1_000 + random.Below(9_000));
        }

        lines.Add("\",\"city\":\""u8).Add(Pick(ref random, Cities)).Add("\",\"state\":\""u8).Add(Pick(ref random, States)).Add("\""u8);
        End(lines, ref random, time, 100);
    }

    private static void AddAuction(NexmarkLines lines, ref NexmarkRandom random, NexmarkOptions options, long number, DateTime time)
    {
        long last = NexmarkOrder.LastPerson(number);
        long seller = random.Below(options.HotSellers) > 0 ? last / PerHot * PerHot : AnyPerson(ref random, options, last);
        long first = Price(ref random);
        lines.Add("{\"id\":"u8).Add(NexmarkOrder.FirstId + NexmarkOrder.LastAuction(number))
            .Add(",\"itemName\":\""u8).AddLetters(ref random, 5 + (int)random.Below(15))
            .Add("\",\"description\":\""u8).AddLetters(ref random, 30 + (int)random.Below(70))
            .Add("\",\"initialBid\":"u8).Add(first).Add(",\"reserve\":"u8).Add(first + Price(ref random))
            .Add(",\"expires\":\""u8).AddTime(time.AddMilliseconds(Length(ref random, options, number)))
            .Add("\",\"seller\":"u8).Add(NexmarkOrder.FirstId + seller)
            .Add(",\"category\":"u8).Add(FirstCategory + random.Below(Categories));
        End(lines, ref random, time, 300);
    }

    private static void AddBid(NexmarkLines lines, ref NexmarkRandom random, NexmarkOptions options, long number, DateTime time)
    {
        long lastAuction = NexmarkOrder.LastAuction(number);
        long lastPerson = NexmarkOrder.LastPerson(number);
        long auction = random.Below(options.HotAuctions) > 0 ? lastAuction / PerHot * PerHot : AnyAuction(ref random, options, lastAuction);
        long bidder = random.Below(options.HotBidders) > 0 ? (lastPerson / PerHot * PerHot) + 1 : AnyPerson(ref random, options, lastPerson);
        lines.Add("{\"auction\":"u8).Add(NexmarkOrder.FirstId + auction).Add(",\"bidder\":"u8).Add(NexmarkOrder.FirstId + bidder)
            .Add(",\"price\":"u8).Add(Price(ref random)).Add(",\"channel\":\""u8);
        bool hot = random.Below(2) > 0;
        long channel = random.Below(hot ? HotChannels.Length : OtherChannels);
        _ = hot ? lines.Add(HotChannels[channel]) : lines.Add("channel-"u8).Add(channel);
        lines.Add("\",\"url\":\"https://www.nexmark.com/"u8).AddLetters(ref random, 5).Add("/"u8).AddLetters(ref random, 5).Add("/"u8).AddLetters(ref random, 5)
            .Add("/item.htm?query=1"u8);
        if (!hot && random.Below(10) > 0)
        {
            lines.Add("&channel_id="u8).Add(channel * 7_919 % 1_000_003);
        }

        lines.Add("\""u8);
        End(lines, ref random, time, 25);
    }

    // The time, and letters that bring a line to about the benchmark's length.
    private static void End(NexmarkLines lines, ref NexmarkRandom random, DateTime time, int extra)
        => lines.Add(",\"dateTime\":\""u8).AddTime(time).Add("\",\"extra\":\""u8).AddLetters(ref random, (extra * 8 / 10) + (int)random.Below((extra * 4 / 10) + 1)).Add("\"}\n"u8);

    private static string Pick(ref NexmarkRandom random, string[] values) => values[random.Below(values.Length)];

    // In cents, from a dollar to a million, evenly on a logarithmic scale.
    private static long Price(ref NexmarkRandom random) => (long)Math.Round(Math.Pow(10, random.Fraction() * 6) * 100);

    private static long AnyPerson(ref NexmarkRandom random, NexmarkOptions options, long last)
    {
        long active = Math.Min(last + 1, options.ActivePeople);
        return last + 1 - active + random.Below(active + Lead);
    }

    private static long AnyAuction(ref NexmarkRandom random, NexmarkOptions options, long last)
    {
        long first = Math.Max(last - options.OpenAuctions, 0);
        return first + random.Below(last - first + 1 + Lead);
    }

    // On average an auction is open for as long as it takes the benchmark to open OpenAuctions more.
    private static long Length(ref NexmarkRandom random, NexmarkOptions options, long number)
    {
        long events = (long)options.OpenAuctions * NexmarkOrder.Cycle / NexmarkOrder.Auctions;
        long horizon = NexmarkOrder.Milliseconds(number + events, options) - NexmarkOrder.Milliseconds(number, options);
        return 1 + random.Below(Math.Max(horizon * 2, 1));
    }
}
