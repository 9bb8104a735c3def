using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Millrace.Cli.Tests.Observing;

public class LineLoggerTests
{
    private const string Hostile = "a\nb \"c\" \u001b[31m é {d}";

    [Fact]
    public void A_json_line_holds_every_field_with_its_type()
    {
        JsonNode line = JsonNode.Parse(Logged(json: true, LogLevel.Information).TrimEnd('\n'))!;

        Assert.Equal(("warning", "tested", $"of {Hostile}, 7"), ((string?)line["level"], (string?)line["event"], (string?)line["message"]));
        Assert.Equal((Hostile, 7L, 0.5, true), ((string?)line["text"], (long)line["count"]!, (double)line["share"]!, (bool)line["flag"]!));
        Assert.Equal(DateTimeOffset.UnixEpoch.AddMilliseconds(5), DateTimeOffset.Parse((string)line["time"]!, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Null(line["{OriginalFormat}"]);
        Assert.False(line.AsObject().ContainsKey("nothing"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_event_is_one_line_whatever_its_values_hold(bool json)
    {
        string logged = Logged(json, LogLevel.Information);

        Assert.Equal(logged.Length - 1, logged.IndexOf('\n', StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', logged);
    }

    [Fact]
    public void A_text_line_is_for_people()
        => Assert.Equal("1970-01-01T00:00:00.005Z warning r1 of a\\u000ab \"c\" \\u001b[31m é {d}, 7\n", Logged(json: false, LogLevel.Information));

    [Fact]
    public void What_lies_below_the_level_is_left_out() => Assert.Empty(Logged(json: false, LogLevel.Error));

    [Fact]
    public void A_log_that_cannot_be_written_harms_nobody()
    {
        var logger = new LineLogger(new StreamWriter(new FullDisk()) { AutoFlush = true }, LogLevel.Debug, true, TimeProvider.System);

        Log(logger);
    }

    private static string Logged(bool json, LogLevel least)
    {
        using var writer = new StringWriter();
        Log(new LineLogger(writer, least, json, new FixedTime()));
        return writer.ToString();
    }

    private static void Log(LineLogger logger) => logger.Log(
        LogLevel.Warning,
        new EventId(1, "tested"),
        new List<KeyValuePair<string, object?>> { new("run", "r1"), new("text", Hostile), new("count", 7L), new("share", 0.5), new("flag", true), new("nothing", null), new("{OriginalFormat}", "x") },
        null,
        static (fields, _) => $"of {fields[1].Value}, {fields[2].Value}");

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddMilliseconds(5);
    }

    private sealed class FullDisk : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("No space left on device");

        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("No space left on device");
    }
}
