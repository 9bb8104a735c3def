using System.Text;
using System.Text.Json.Nodes;
using Millrace.TestKit;
using Millrace.TestKit.Nexmark;

namespace Millrace.Cli.Tests.Sql;

/// <summary>The events of Nexmark are the same however their making is divided, and are distributed as the benchmark says.</summary>
[Trait("speed", "slow")]
public sealed class NexmarkFilesTests
{
    private const int Events = 10_000;

    private static readonly NexmarkKind[] Kinds = Enum.GetValues<NexmarkKind>();

    [Theory]
    [InlineData(1, 0)]
    [InlineData(7, 0)]
    [InlineData(997, 3)]
    [InlineData(20_000, 3)]
    public void Any_split_gives_the_same_lines(int size, int disorder)
    {
        NexmarkOptions options = new() { Disorder = TimeSpan.FromSeconds(disorder) };
        const int events = 30_000;
        var whole = new NexmarkPart(options, 0, events);
        var joined = Kinds.Select(_ => new StringBuilder()).ToArray();
        for (int from = 0; from < events; from += size)
        {
            var part = new NexmarkPart(options, from, Math.Min(from + size, events));
            foreach (NexmarkKind kind in Kinds)
            {
                joined[(int)kind].Append(Encoding.UTF8.GetString(part.Lines(kind)));
            }
        }

        Assert.All(Kinds, kind => Assert.Equal(Encoding.UTF8.GetString(whole.Lines(kind)), joined[(int)kind].ToString()));
    }

    [Fact]
    public void Files_do_not_depend_on_the_lanes_that_write_them()
    {
        using var one = new TempFolder();
        using var many = new TempFolder();
        NexmarkFiles.Write(one.Path, new NexmarkOptions(), 50_017, lanes: 1);
        NexmarkFiles.Write(many.Path, new NexmarkOptions(), 50_017, lanes: 5);
        Assert.All(NexmarkFiles.Names, name => Assert.Equal(File.ReadAllBytes(one[name]), File.ReadAllBytes(many[name])));
    }

    [Fact]
    public void Another_seed_gives_other_events()
        => Assert.All(Kinds, kind => Assert.NotEqual(Lines(new NexmarkOptions(), kind), Lines(new NexmarkOptions { Seed = 2 }, kind)));

    [Fact]
    public void Of_fifty_events_one_is_a_person_and_three_are_auctions()
        => Assert.Equal([Events / 50, Events * 3 / 50, Events * 46 / 50], Kinds.Select(k => Lines(new NexmarkOptions(), k).Length));

    [Fact]
    public void Three_quarters_of_the_bids_are_those_of_hot_bidders_and_half_are_for_hot_auctions()
    {
        JsonNode[] bids = [.. Lines(new NexmarkOptions(), NexmarkKind.Bid).Select(l => JsonNode.Parse(l)!)];
        Assert.InRange(Share(bids, b => (long)b["bidder"]! % 100 == 1), 0.73, 0.79);
        Assert.InRange(Share(bids, b => (long)b["auction"]! % 100 == 0), 0.48, 0.54);
    }

    [Fact]
    public void Times_follow_the_rate_and_are_late_by_no_more_than_the_bound()
    {
        var start = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        TimeSpan bound = TimeSpan.FromSeconds(2);
        DateTime[] inOrder = Times(new NexmarkOptions { EventsPerSecond = 100, Start = start });
        DateTime[] late = Times(new NexmarkOptions { EventsPerSecond = 100, Start = start, Disorder = bound });
        Assert.Equal(start.AddMilliseconds(40), inOrder[0]);
        Assert.Equal(start.AddMilliseconds((Events - 1) * 10), inOrder[^1]);
        Assert.Equal(inOrder.Order(), inOrder);
        Assert.NotEqual(late.Order(), late);
        Assert.All(inOrder.Zip(late), t => Assert.InRange(t.First - t.Second, TimeSpan.Zero, bound));
    }

    private static DateTime[] Times(NexmarkOptions options)
        => [.. Lines(options, NexmarkKind.Bid).Select(l => DateTime.Parse((string)JsonNode.Parse(l)!["dateTime"]!, null, System.Globalization.DateTimeStyles.AdjustToUniversal | System.Globalization.DateTimeStyles.AssumeUniversal))];

    private static double Share(JsonNode[] events, Func<JsonNode, bool> condition) => (double)events.Count(condition) / events.Length;

    private static string[] Lines(NexmarkOptions options, NexmarkKind kind)
        => Encoding.UTF8.GetString(new NexmarkPart(options, 0, Events).Lines(kind)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
