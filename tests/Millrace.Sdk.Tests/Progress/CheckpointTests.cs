using System.Text.Json.Nodes;

namespace Millrace.Sdk.Tests.Progress;

public class CheckpointTests
{
    private static readonly ErrorPlace Place = ErrorPlace.InFile("commit.json");

    [Fact]
    public void Survives_a_round_trip()
    {
        var checkpoint = new Checkpoint
        {
            Job = "orders",
            Epoch = 12,
            CreatedAt = new DateTimeOffset(2026, 3, 1, 12, 30, 0, 123, TimeSpan.FromHours(2)),
            FencingToken = 99,
            Watermark = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero),
            Notes = new Dictionary<string, string> { [CheckpointNotes.Run] = "r1", ["a\""] = "ß" },
            Splits = new Dictionary<string, SplitProgress>
            {
                ["b.csv"] = new(new Position(new JsonObject { ["offset"] = 9_007_199_254_740_993L, ["name"] = "ä\"" }), false),
                ["a.csv"] = new(null, true),
            },
        };
        Checkpoint back = Checkpoint.FromJson((JsonObject)JsonNode.Parse(checkpoint.ToJson().ToJsonString())!, Place);
        Assert.Equal(checkpoint.Job, back.Job);
        Assert.Equal(checkpoint.Epoch, back.Epoch);
        Assert.Equal(checkpoint.CreatedAt, back.CreatedAt);
        Assert.Equal(checkpoint.FencingToken, back.FencingToken);
        Assert.Equal(checkpoint.Watermark, back.Watermark);
        Assert.Equal(checkpoint.Splits["b.csv"], back.Splits["b.csv"]);
        Assert.Equal(checkpoint.Splits["a.csv"], back.Splits["a.csv"]);
        Assert.Equal(checkpoint.Notes, back.Notes);
    }

    [Fact]
    public void Prints_splits_in_one_order()
    {
        JsonObject json = new Checkpoint
        {
            Job = "j",
            Epoch = 1,
            CreatedAt = default,
            Splits = new Dictionary<string, SplitProgress> { ["z"] = new(null, true), ["a"] = new(null, true) },
        }.ToJson();
        Assert.Equal(["a", "z"], json["splits"]!.AsObject().Select(s => s.Key));
    }

    [Theory]
    [InlineData("""{"version":2,"job":"j","epoch":1,"created_at":"2026-01-01T00:00:00Z","splits":{}}""", "MR1101")]
    [InlineData("""{"version":1,"job":"j","epoch":"one","created_at":"2026-01-01T00:00:00Z","splits":{}}""", "MR1102")]
    [InlineData("""{"version":1,"job":"j","epoch":1,"created_at":"yesterday","splits":{}}""", "MR1102")]
    [InlineData("""{"version":1,"job":"j","epoch":1,"created_at":"2026-01-01T00:00:00Z"}""", "MR1102")]
    [InlineData("""{"version":1,"job":"j","epoch":1,"created_at":"2026-01-01T00:00:00Z","splits":{"a":{}}}""", "MR1102")]
    [InlineData("""{}""", "MR1101")]
    public void Refuses_what_it_cannot_trust(string text, string code)
    {
        MillraceException error = Assert.Throws<MillraceException>(() => Checkpoint.FromJson((JsonObject)JsonNode.Parse(text)!, Place));
        Assert.Equal(code, error.Code.Id);
        Assert.Equal("commit.json", error.Place!.File);
    }
}
