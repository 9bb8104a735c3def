using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Millrace.Formats.MarkdownKv;

namespace Millrace.Formats.Tests.MarkdownKv;

public class FrontMatterTests
{
    [Theory]
    [InlineData("a: 1\nb: x y # note\nc: 'it''s'\nd: \"q\\n\"\ne:\nf: ~\ng: true", """{"a":1,"b":"x y","c":"it's","d":"q\n","e":null,"f":null,"g":true}""")]
    [InlineData("a:\n  b:\n    c: 1\n  d: 2\ne: 3", """{"a":{"b":{"c":1},"d":2},"e":3}""")]
    [InlineData("a:\n- 1\n- x\nb:\n  - y: 1\n    z: 2\n  - - 1\n    - 2\n  -\n    q: 1", """{"a":[1,"x"],"b":[{"y":1,"z":2},[1,2],{"q":1}]}""")]
    [InlineData("a: [1, 'x', {b: c, \"d\": [ ]}]\nt: [x, y z]", """{"a":[1,"x",{"b":"c","d":[]}],"t":["x","y z"]}""")]
    [InlineData("a: |\n  one\n   two\n\n  three\nb: >-\n  one\n  two\n\n  three\nc: |+\n  x\n\nd: 1", """{"a":"one\n two\n\nthree\n","b":"one two\nthree","c":"x\n\n","d":1}""")]
    [InlineData("date: 2026-01-31\nurl: http://x.org/a#b\nversion: 1.2.3\noct: 017", """{"date":"2026-01-31","url":"http://x.org/a#b","version":"1.2.3","oct":"017"}""")]
    [InlineData("{\"a\": {\"b\": [1, null]}}", """{"a":{"b":[1,null]}}""")]
    [InlineData("# nothing\n", "{}")]
    public void Yaml_becomes_json(string yaml, string json)
    {
        using var parser = new FrontMatterParser();
        Assert.True(parser.TryParse(Encoding.UTF8.GetBytes(yaml)), parser.Fault);
        Assert.Equal(JsonNode.Parse(json)!.ToJsonString(), JsonNode.Parse(parser.Json.ToArray())!.ToJsonString());
    }

    [Theory]
    [InlineData("a: 1\na: 2", 1, "twice")]
    [InlineData("a: &x 1", 0, "Anchors")]
    [InlineData("a: *x", 0, "Anchors")]
    [InlineData("a: !!int 1", 0, "Tags")]
    [InlineData("- a", 0, "list")]
    [InlineData("just text", 0, "expected a name")]
    [InlineData("a: 1\n   b: 2", 1, "next line")]
    [InlineData("a:\n    b: 1\n  c: 2", 2, "indentation")]
    [InlineData("a: [1, 2", 0, "not closed")]
    [InlineData("a: 'x", 0, "not closed")]
    [InlineData("a: b: c", 0, "colon")]
    public async Task What_is_not_read_is_told_with_its_line(string yaml, int line, string message)
    {
        (_, List<RowError> errors) = await MarkdownFiles.ReadAsync($"---\n{yaml}\n---\na:: 1\n<!-- document -->\nb:: 2\n", MarkdownKvLayout.Keys);
        RowError error = Assert.Single(errors);
        Assert.Equal("MR2501", error.Code.Id);
        Assert.Equal(line + 2, error.Place.Line);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Front_matter_that_is_not_closed_is_a_bad_row()
    {
        (List<string> rows, List<RowError> errors) = await MarkdownFiles.ReadAsync("---\na: 1\n", MarkdownKvLayout.Table);
        Assert.Empty(rows);
        Assert.Equal("MR2501", Assert.Single(errors).Code.Id);
    }

    [Fact]
    public void Any_depth_ends()
    {
        using var parser = new FrontMatterParser();
        Assert.False(parser.TryParse(Encoding.UTF8.GetBytes("a: " + new string('[', 5000) + new string(']', 5000))));
        Assert.False(parser.TryParse(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 500).Select(i => new string(' ', i) + "a:\n")))));
        Assert.False(parser.TryParse(Encoding.UTF8.GetBytes("a:\n" + string.Concat(Enumerable.Repeat("- ", 5000)) + "1")));
        Assert.NotEqual("", parser.Fault);
    }

    [Fact]
    public void Random_bytes_give_json_or_a_fault()
    {
        var random = new Random(5);
        using var parser = new FrontMatterParser();
        byte[] alphabet = [.. "abc: -[]{},'\"|>#\n\n  \\~1\t"u8];
        for (int i = 0; i < 20_000; i++)
        {
            byte[] yaml = [.. Enumerable.Range(0, random.Next(1, 40)).Select(_ => alphabet[random.Next(alphabet.Length)])];
            if (parser.TryParse(yaml))
            {
                using JsonDocument json = JsonDocument.Parse(parser.Json.ToArray());
                Assert.Equal(JsonValueKind.Object, json.RootElement.ValueKind);
            }
            else
            {
                Assert.NotEqual("", parser.Fault);
            }
        }
    }
}
