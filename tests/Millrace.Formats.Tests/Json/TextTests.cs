using System.Text;
using Millrace.Formats.Json;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Json;

public class TextTests
{
    [Theory]
    [InlineData(@"\ud800", "\uFFFD")]
    [InlineData(@"a\udc00b", "a\uFFFDb")]
    [InlineData(@"\ud800\ud83d\ude00", "\uFFFD😀")]
    [InlineData(@"\ud83d\u0041", "\uFFFDA")]
    [InlineData(@"\ud83d\\ude00", "\uFFFD\\ude00")]
    [InlineData(@"\uD83D\uDE00\uD83D", "😀\uFFFD")]
    public async Task Half_a_surrogate_pair_makes_a_bad_row_or_is_replaced_when_asked_for(string text, string expected)
    {
        using var leaks = new LeakCheck();
        string record = $"{{\"s\":\"{text}\",\"m\":{{\"{text}\":1}}}}\n";
        const string columns = "s varchar, m map<varchar, bigint>";
        ReadResult replaced = await JsonFiles.ReadAsync(record, new JsonOptions { LoneSurrogates = JsonLoneSurrogates.Replace }, columns);
        string shown = expected.Replace(@"\", @"\\", StringComparison.Ordinal);
        Assert.Equal($"{{\"s\":\"{shown}\",\"m\":{{\"{shown}\":1}}}}", Assert.Single(replaced.Rows));
        ReadResult refused = await JsonFiles.ReadAsync(record + "{\"s\":\"ok\"}", new JsonOptions(), columns);
        Assert.Single(refused.Rows);
        Assert.Equal("MR2105", Assert.Single(refused.Errors).Code.Id);
    }

    [Fact]
    public async Task Half_a_surrogate_pair_in_an_inferred_column_or_in_a_name_is_never_taken_for_another_text()
    {
        ReadResult read = await JsonFiles.ReadAsync("{\"s\":\"a\"}\n{\"s\":\"\\ud800\"}\n{\"s\":\"b\"}\n");
        Assert.Equal(["{\"s\":\"a\"}", "{\"s\":\"b\"}"], read.Rows);
        Assert.Equal(("MR2105", 2L), (Assert.Single(read.Errors).Code.Id, read.Errors[0].Place.Line));
        read = await JsonFiles.ReadAsync("{\"s\":1,\"\uFFFD\":2}\n{\"s\":3,\"\\ud800\":4}\n");
        Assert.Equal("MR2105", Assert.Single(read.Errors).Code.Id);
    }

    [Fact]
    public async Task Escapes_of_any_number_and_place_are_undone()
    {
        using var leaks = new LeakCheck();
        var random = new Random(4);
        for (int length = 0; length < 150; length++)
        {
            var raw = new StringBuilder();
            var expected = new StringBuilder();
            for (int i = 0; i < length; i++)
            {
                (string escape, string value) = random.Next(length % 5 + 2) > 0 ? ("x", "x") : random.Next(4) switch
                {
                    0 => (@"\n", "\n"),
                    1 => (@"\\", "\\"),
                    2 => (@"\""", "\""),
                    _ => (@"\u00E9", "é"),
                };
                raw.Append(escape);
                expected.Append(value);
            }

            ReadResult read = await JsonFiles.ReadAsync($"{{\"s\":\"{raw}\"}}", columns: "s varchar");
            Assert.Equal(expected.ToString(), (string?)System.Text.Json.Nodes.JsonNode.Parse(Assert.Single(read.Rows))!["s"]);
        }
    }

    [Theory]
    [InlineData("utf-16le", true)]
    [InlineData("utf-16be", true)]
    [InlineData("utf-16le", false)]
    public async Task Other_encodings_are_read(string encoding, bool mark)
    {
        using var leaks = new LeakCheck();
        Encoding utf16 = new UnicodeEncoding(encoding == "utf-16be", mark);
        byte[] bytes = [.. utf16.GetPreamble(), .. utf16.GetBytes("{\"s\":\"é中😀\"}\n{\"s\":\"b\"}\n")];
        ReadResult read = await JsonFiles.ReadAsync(bytes, sizes: JsonFiles.Small(32, 8));
        Assert.Equal(["""{"s":"é中😀"}""", """{"s":"b"}"""], read.Rows);
        ReadResult latin = await JsonFiles.ReadAsync(Encoding.Latin1.GetBytes("{\"s\":\"é\"}"), new JsonOptions { Encoding = "latin-1" });
        Assert.Equal(["""{"s":"é"}"""], latin.Rows);
    }

    [Fact]
    public async Task A_byte_order_mark_and_half_a_pair_in_utf16_are_told_apart()
    {
        byte[] bytes = [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("{\"s\":\"a"), 0x00, 0xD8, .. Encoding.Unicode.GetBytes("\"}\n{\"s\":\"b\"}\n")];
        ReadResult read = await JsonFiles.ReadAsync(bytes);
        Assert.Equal(["""{"s":"b"}"""], read.Rows);
        Assert.Equal("MR2005", Assert.Single(read.Errors).Code.Id);
    }

    [Theory]
    [InlineData("x.jsonl", true)]
    [InlineData("x.json", true)]
    [InlineData("X.NDJSON", true)]
    [InlineData("x.jso", false)]
    public void Names_of_files_tell_the_format(string name, bool isJson)
        => Assert.Equal(isJson, FormatRegistry.BuiltIn.FindByPath(name) is JsonFormat);

    [Theory]
    [InlineData("{\"a\":1}", true)]
    [InlineData("\uFEFF [ {", true)]
    [InlineData("a,b\n1,2", false)]
    [InlineData("", false)]
    public void Content_tells_the_format(string text, bool isJson)
        => Assert.Equal(isJson, FormatRegistry.BuiltIn.FindByContent(Encoding.UTF8.GetBytes(text)) is JsonFormat);
}
