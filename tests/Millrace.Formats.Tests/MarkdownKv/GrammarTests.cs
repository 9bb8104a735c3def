using System.Text.Json;
using Millrace.Formats.MarkdownKv;

namespace Millrace.Formats.Tests.MarkdownKv;

/// <summary>What each form of a line means, as the guide says.</summary>
public class GrammarTests
{
    [Theory]
    [InlineData("a:: b", """["","a","b",null]""")]
    [InlineData("a::", """["","a","",null]""")]
    [InlineData("a::b", """["",null,"a::b",null]""")]
    [InlineData("std::vector is:: a type", """["","std::vector is","a type",null]""")]
    [InlineData("a:: b:: c", """["","a","b:: c",null]""")]
    [InlineData("a::  b \t\r\n", """["","a","b",null]""")]
    [InlineData("a:: 12", """["","a","12",12]""")]
    [InlineData("a:: 012", """["","a","012",null]""")]
    [InlineData("a:: true", """["","a","true",true]""")]
    [InlineData("a:: null", """["","a",null,null]""")]
    [InlineData("a:: \"x\\n\"", """["","a","x\n","x\n"]""")]
    [InlineData("a:: \\\"12\"", """["","a","12",null]""")]
    [InlineData("a:: \\temp", """["","a","\\temp",null]""")]
    [InlineData("a:: {\"x\": [1,\n  2]}", """["","a","{\"x\": [1, 2]}",{"x":[1,2]}]""")]
    [InlineData("a:: {\"x\": [1", """["","a","{\"x\": [1",null]""")]
    [InlineData("a:: one\n  two\n\n    three\nb:: x", """["","a","one\ntwo\n\n  three",null]""")]
    [InlineData("a::\n\tone\n\ttwo", """["","a","one\ntwo",null]""")]
    [InlineData("\"a:: b\":: c", """["","a:: b","c",null]""")]
    [InlineData("\"a:: c", """["","\"a","c",null]""")]
    [InlineData("#tag:: c", """["","#tag","c",null]""")]
    [InlineData("# A\n\n## B\na:: 1", """["A/B","a","1",1]""")]
    [InlineData("# A\n### B\n## C/D\na:: x", """["A/C\\/D","a","x",null]""")]
    [InlineData("# A\n## B\n##\na:: x", """["A","a","x",null]""")]
    [InlineData("# A\n#\na:: x", """["","a","x",null]""")]
    [InlineData("# \" A\"\na:: x", """[" A","a","x",null]""")]
    [InlineData("####### A", """["",null,"####### A",null]""")]
    [InlineData("<!-- a:: b -->\nc:: d", """["","c","d",null]""")]
    [InlineData("some\ntext\n\nmore", """["",null,"some\ntext",null]""")]
    [InlineData("\\a:: b\n\\# c\nd", """["",null,"a:: b\n# c\nd",null]""")]
    [InlineData("```\na:: b\n\n# c\n```\n", """["",null,"```\na:: b\n\n# c\n```",null]""")]
    [InlineData("~~~~\n~~~\n```\na:: b", """["",null,"~~~~\n~~~\n```\na:: b",null]""")]
    [InlineData("---\na: 1\n---\n", """[null,"a","1",1]""")]
    [InlineData("---\na: x\n...\n", """[null,"a","x",null]""")]
    [InlineData("text\n\n---\na:: 1", """["",null,"text",null]""")]
    public async Task A_line_means(string text, string first)
    {
        (List<string> rows, List<RowError> errors) = await MarkdownFiles.ReadAsync(text, MarkdownKvLayout.Keys);
        Assert.Empty(errors);
        using JsonDocument row = JsonDocument.Parse(rows[0]);
        string[] found = [.. new[] { "section", "key", "value", "value_json" }.Select(n => Normal(row.RootElement.GetProperty(n)))];
        Assert.Equal([.. JsonDocument.Parse(first).RootElement.EnumerateArray().Select(Normal)], found);
    }

    [Fact]
    public async Task A_document_gives_its_id_order_and_moment()
    {
        const string text = "a:: 1\nb:: 2\n<!-- document \"x \\u003e y\" 2026-02-01T00:00:00Z -->\na:: 3\n<!-- document -->\n<!-- document nonsense -->\na:: 4\n";
        (List<string> rows, _) = await MarkdownFiles.ReadAsync(text, MarkdownKvLayout.Keys, "in/day.md.gz");
        Assert.Equal(
            [
                """{"doc_id":"day","section":"","key":"a","value":"1","value_json":1,"ord":1,"extracted_at":"2026-01-31T08:00:00.000000Z"}""",
                """{"doc_id":"day","section":"","key":"b","value":"2","value_json":2,"ord":2,"extracted_at":"2026-01-31T08:00:00.000000Z"}""",
                """{"doc_id":"x > y","section":"","key":"a","value":"3","value_json":3,"ord":1,"extracted_at":"2026-02-01T00:00:00.000000Z"}""",
                """{"doc_id":"day#3","section":"","key":"a","value":"4","value_json":4,"ord":1,"extracted_at":"2026-01-31T08:00:00.000000Z"}""",
            ],
            rows);
    }

    [Theory]
    [InlineData("raw/{date}/{doc_id}.md", "/x/raw/2026-03-04/order 7.md", "order 7", "2026-03-04T00:00:00.000000Z")]
    [InlineData("{doc_id}-{timestamp}.md", "order-7-20260304T050607Z.md", "order-7", "2026-03-04T05:06:07.000000Z")]
    [InlineData("{doc_id}_{timestamp}.md", "a_2026-03-04T05-06.md", "a", "2026-03-04T05:06:00.000000Z")]
    [InlineData("{date}/{doc_id}.md", "elsewhere/order.md", "order", "2026-01-31T08:00:00.000000Z")]
    [InlineData("{date}/{doc_id}.md", "2026-13-41/order.md", "order", "2026-01-31T08:00:00.000000Z")]
    public async Task Names_of_files_tell_id_and_moment(string pattern, string name, string id, string moment)
    {
        MarkdownKvOptions options = MarkdownFiles.Options(MarkdownKvLayout.Text) with { PathPattern = pattern };
        Assert.Empty(options.Validate());
        (List<string> rows, _) = await MarkdownFiles.ReadAsync("x"u8.ToArray(), options, name);
        Assert.Equal($$"""{"doc_id":"{{id}}","content":"x","extracted_at":"{{moment}}"}""", Assert.Single(rows));
    }

    [Theory]
    [InlineData("{id}.md", "found '{id}'")]
    [InlineData("notes.md", "none of")]
    [InlineData("{date}/{date}.md", "twice")]
    public void A_pattern_that_says_nothing_is_refused(string pattern, string message)
        => Assert.Contains(message, Assert.Single(new MarkdownKvOptions { PathPattern = pattern }.Validate()), StringComparison.Ordinal);

    [Fact]
    public async Task Nested_documents_keep_sections_repeated_keys_and_text()
    {
        const string text = "---\ntitle: T\n---\na:: 1\na:: x\nprose\n# S\nb:: {\"c\":null}\n## U\n### V\nd::\n# S\n";
        (List<string> rows, _) = await MarkdownFiles.ReadAsync(text, MarkdownKvLayout.Document);
        using JsonDocument row = JsonDocument.Parse(Assert.Single(rows));
        Assert.Equal(
            """{"front_matter":{"title":"T"},"fields":{"a":[1,"x"]},"text":"prose","sections":[{"title":"S","fields":{"b":{"c":null}},"sections":[{"title":"U","sections":[{"title":"V","fields":{"d":""}}]}]},{"title":"S"}]}""",
            row.RootElement.GetProperty("document").GetRawText());
    }

    [Fact]
    public async Task A_table_has_a_column_a_key_with_the_type_of_its_values()
    {
        const string text = "id:: 1\nname:: Ada\n# address\ncity:: Paris\n<!-- document -->\nid:: 2\nname:: \"7\"\nwhen:: 2026-01-31\n<!-- document -->\n";
        (List<string> rows, _) = await MarkdownFiles.ReadAsync(text, MarkdownKvLayout.Table);
        Assert.Equal(
            [
                """{"id":1,"name":"Ada","address/city":"Paris","when":null}""",
                """{"id":2,"name":"7","address/city":null,"when":"2026-01-31"}""",
                """{"id":null,"name":null,"address/city":null,"when":null}""",
            ],
            rows);
    }

    [Fact]
    public async Task Prose_can_be_left_out_or_refused()
    {
        byte[] text = "a:: 1\n\nprose\n<!-- document -->\nb:: 2\n"u8.ToArray();
        MarkdownKvOptions options = MarkdownFiles.Options(MarkdownKvLayout.Keys);
        Assert.Equal(2, (await MarkdownFiles.ReadAsync(text, options with { Prose = MarkdownKvProse.Ignore })).Rows.Count);
        (List<string> rows, List<RowError> errors) = await MarkdownFiles.ReadAsync(text, options with { Prose = MarkdownKvProse.Fail });
        Assert.Contains("\"key\":\"b\"", Assert.Single(rows), StringComparison.Ordinal);
        Assert.Equal("MR2503", Assert.Single(errors).Code.Id);
        Assert.Equal("a:: 1\n\nprose"u8, errors[0].Raw.Span);
    }

    private static string Normal(JsonElement value) => JsonSerializer.Serialize(value);
}
