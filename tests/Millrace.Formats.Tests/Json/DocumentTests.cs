using System.Text;
using Millrace.Formats.Json;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Json;

public class DocumentTests
{
    [Theory]
    [InlineData("""[{"a":1},{"a":2}]""")]
    [InlineData("""[ {"a":1} , {"a":2} ] """)]
    [InlineData("[\n  {\n    \"a\": 1\n  },\n  {\n    \"a\": 2\n  }\n]\n")]
    [InlineData("""{"a":1}{"a":2}""")]
    [InlineData("{\n  \"a\": 1\n}\n{\n  \"a\": 2\n}\n")]
    [InlineData("""{"a":1} {"a":2}""")]
    [InlineData("{\"a\":1}\n{\"a\":2}")]
    [InlineData("{\"a\":1}\r\n\r\n{\"a\":2}\r\n")]
    [InlineData("\uFEFF{\"a\":1}\n{\"a\":2}\n")]
    [InlineData("\uFEFF[{\"a\":1},{\"a\":2}]")]
    public async Task Records_are_found_however_they_stand(string text)
    {
        using var leaks = new LeakCheck();
        ReadResult read = await JsonFiles.ReadAsync(text);
        Assert.Empty(read.Errors);
        Assert.Equal(["""{"a":1}""", """{"a":2}"""], read.Rows);
        Assert.Equal(Encoding.UTF8.GetByteCount(text), read.Position.Offset);
        Assert.Equal(2, read.Position.Row);
    }

    [Theory]
    [InlineData("""{"meta":{"data":[1]},"x":"]}","data":{"n":1,"items":[{"a":1},{"a":2}],"z":0}}""")]
    [InlineData("""{"data":{"items":[{"a":1},{"a":2}]}}""")]
    [InlineData("{\n \"d\\u0061ta\" : { \"skip\" : [ [ ] , { } , 12 ] , \"items\" : [ {\"a\":1} , {\"a\":2} ] , \"rest")]
    public async Task A_path_leads_to_the_array_of_records(string text)
    {
        using var leaks = new LeakCheck();
        foreach (FeedSizes sizes in (FeedSizes[])[FeedSizes.Default, JsonFiles.Small(32, 8), JsonFiles.Small(64, 1)])
        {
            ReadResult read = await JsonFiles.ReadAsync(text, new JsonOptions { Records = "data.items" }, sizes: sizes);
            Assert.Empty(read.Errors);
            Assert.Equal(["""{"a":1}""", """{"a":2}"""], read.Rows);
        }
    }

    [Theory]
    [InlineData("""{"data":{"item":[]}}""", "there is no field 'items'")]
    [InlineData("""{"data":[]}""", "the value before 'items' is not an object")]
    [InlineData("""{"data":{"items":{"a":1}}}""", "the path leads to something else")]
    [InlineData("""{"data":{"x":1""", "the file ends before it")]
    [InlineData("", "the file ends before it")]
    public async Task A_path_that_leads_nowhere_is_an_error(string text, string message)
    {
        using var leaks = new LeakCheck();
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => JsonFiles.ReadAsync(text, new JsonOptions { Records = "data.items" }));
        Assert.Equal("MR2108", error.Code.Id);
        Assert.Contains(message, error.Message);
    }

    [Theory]
    [InlineData("""[{"a":1},{"a":2}""", "MR2107")]
    [InlineData("""[{"a":1},{"a":""", "MR2107")]
    [InlineData("""[{"a":1}{"a":2}]""", "MR2101")]
    [InlineData("""[{"a":1},]""", "MR2101")]
    [InlineData("""[{"a":1}] x""", "MR2101")]
    public async Task A_damaged_array_ends_the_read(string text, string code)
    {
        using var leaks = new LeakCheck();
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => JsonFiles.ReadAsync(text));
        Assert.Equal(code, error.Code.Id);
        Assert.Equal("test.json", error.Place!.File);
    }

    [Fact]
    public async Task A_bad_record_of_an_array_is_passed_over()
    {
        using var leaks = new LeakCheck();
        const string text = """
            [{"a":1},
             {"a" 7},
             3, "x", null,
             {"a":{"b":[1,2}]},
             {"a":2}]
            """;
        ReadResult read = await JsonFiles.ReadAsync(text);
        Assert.Equal(["""{"a":1}""", """{"a":2}"""], read.Rows);
        Assert.Equal(["MR2101", "MR2102", "MR2102", "MR2102", "MR2101"], read.Errors.Select(e => e.Code.Id));
        Assert.Equal([2L, 3, 3, 3, 4], read.Errors.Select(e => e.Place.Line!.Value));
        Assert.Equal(["""{"a" 7}""", "3", "\"x\"", "null", """{"a":{"b":[1,2}]}"""], read.Errors.Select(e => Encoding.UTF8.GetString(e.Raw.Span)));
        Assert.All(read.Errors, e => Assert.Equal(text.IndexOf(Encoding.UTF8.GetString(e.Raw.Span), StringComparison.Ordinal), e.Place.Offset));
    }

    [Fact]
    public async Task Concatenated_objects_that_end_too_early_are_a_bad_row()
    {
        using var leaks = new LeakCheck();
        ReadResult read = await JsonFiles.ReadAsync("""{"a":1}{"a":2}{"a":"x""");
        Assert.Equal(2, read.Rows.Count);
        RowError error = Assert.Single(read.Errors);
        Assert.Equal("MR2107", error.Code.Id);
        Assert.Equal("""{"a":"x""", Encoding.UTF8.GetString(error.Raw.Span));
    }

    [Fact]
    public async Task Reading_goes_on_where_a_position_says()
    {
        byte[] text = Encoding.UTF8.GetBytes("""[{"a":1},{"a":2},{"a":3}]""");
        FileInspection inspection = await JsonFiles.InspectAsync(text);
        ReadResult first = await JsonFiles.ReadAsync(text, inspection);
        Assert.Equal(3, first.Rows.Count);
        ReadResult rest = await JsonFiles.ReadAsync(text, inspection, range: new FileRange(8, text.Length));
        Assert.Equal(["""{"a":2}""", """{"a":3}"""], rest.Rows);
    }
}
