using System.Text;
using Millrace.Formats.Json;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Json;

public class BadLinesTests
{
    [Theory]
    [InlineData("""{"a":1""", "MR2101")]
    [InlineData("""{"a":"x""", "MR2101")]
    [InlineData("""{"a":"x\""", "MR2101")]
    [InlineData("""{"a":"\q"}""", "MR2101")]
    [InlineData("""{"a":"\u12g4"}""", "MR2101")]
    [InlineData("""{"a":"\u12"}""", "MR2101")]
    [InlineData("""{"a":1}}""", "MR2101")]
    [InlineData("""{"a":1}{"a":2}""", "MR2101")]
    [InlineData("""{"a":1,}""", "MR2101")]
    [InlineData("""{,"a":1}""", "MR2101")]
    [InlineData("""{"a"}""", "MR2101")]
    [InlineData("""{"a":}""", "MR2101")]
    [InlineData("""{a:1}""", "MR2101")]
    [InlineData("""{'a':1}""", "MR2101")]
    [InlineData("""{"a" "b"}""", "MR2101")]
    [InlineData("""{"a"::1}""", "MR2101")]
    [InlineData("""{"a":1 2}""", "MR2101")]
    [InlineData("""{"a":01}""", "MR2101")]
    [InlineData("""{"a":+1}""", "MR2101")]
    [InlineData("""{"a":1.}""", "MR2101")]
    [InlineData("""{"a":.5}""", "MR2101")]
    [InlineData("""{"a":1e}""", "MR2101")]
    [InlineData("""{"a":-}""", "MR2101")]
    [InlineData("""{"a":NaN}""", "MR2101")]
    [InlineData("""{"a":nul}""", "MR2101")]
    [InlineData("""{"a":nullx}""", "MR2101")]
    [InlineData("""{"a":True}""", "MR2101")]
    [InlineData("""{"a":[1,]}""", "MR2101")]
    [InlineData("""{"a":[1}]""", "MR2101")]
    [InlineData("{\"a\":\"tab\there\"}", "MR2101")]
    [InlineData("{\"a\":\"nul\0here\"}", "MR2101")]
    [InlineData("{\f\"a\":1}", "MR2101")]
    [InlineData("\u001a", "MR2102")]
    [InlineData("\\", "MR2102")]
    [InlineData("[1]", "MR2102")]
    [InlineData("17", "MR2102")]
    [InlineData("\"x\"", "MR2102")]
    [InlineData("}", "MR2102")]
    public async Task A_bad_line_is_reported_and_the_next_one_read(string line, string code)
    {
        using var leaks = new LeakCheck();
        string text = $"{{\"a\":1}}\n\n{line}\r\n{{\"a\":2}}\n";
        foreach (string columns in (string[])["a varchar", "a bigint", "a double", "a boolean", "a decimal(9,2)", "a array<bigint>", "a date", "a json", "b bigint"])
        {
            foreach (FeedSizes sizes in (FeedSizes[])[FeedSizes.Default, JsonFiles.Small(16, 4)])
            {
                ReadResult read = await JsonFiles.ReadAsync(text, new JsonOptions { Layout = JsonLayout.Lines }, columns, sizes);
                if (columns == "b bigint" && read.Errors.Count == 0)
                {
                    // What is not wanted is only looked at for its brackets.
                    continue;
                }

                RowError error = Assert.Single(read.Errors, e => e.Place.Line == 3);
                Assert.Equal(code, error.Code.Id);
                Assert.Equal(line, Encoding.UTF8.GetString(error.Raw.Span));
                Assert.Equal(9, error.Place.Offset);
                Assert.Equal("test.json", error.Place.File);
            }
        }
    }

    [Fact]
    public async Task Bytes_that_are_not_utf8_make_a_bad_row_wherever_they_stand()
    {
        using var leaks = new LeakCheck();
        byte[] good = Encoding.UTF8.GetBytes("{\"a\":\"é中😀\",\"z\":1}\n");
        foreach (string damaged in (string[])["{\"a\":\"x?\",\"z\":2}\n", "{\"a\":\"x\",\"z?\":2}\n", "{\"a\":\"x\",\"z\":\"?\"}\n", "?{\"a\":\"x\",\"z\":2}\n"])
        {
            foreach (byte[] bad in (byte[][])[[0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0x80], [0xF4, 0x90, 0x80, 0x80], [0xE4, 0xB8]])
            {
                byte[] line = [.. damaged.SelectMany(c => c == '?' ? bad : [(byte)c])];
                byte[] text = [.. good, .. line, .. good];
                foreach (FeedSizes sizes in (FeedSizes[])[FeedSizes.Default, JsonFiles.Small(16, 1), JsonFiles.Small(64, 23)])
                {
                    FileInspection inspection = await JsonFiles.InspectAsync(good);
                    ReadResult read = await JsonFiles.ReadAsync(text, inspection, "a varchar", sizes);
                    Assert.Equal(["""{"a":"é中😀"}""", """{"a":"é中😀"}"""], read.Rows);
                    Assert.Equal("MR2005", Assert.Single(read.Errors).Code.Id);
                }
            }
        }
    }

    [Fact]
    public async Task A_line_longer_than_the_limit_is_reported_and_passed_over()
    {
        using var leaks = new LeakCheck();
        string text = $"{{\"a\":1}}\n{{\"a\":2,\"b\":\"{new string('x', 3000)}\"}}\n{{\"a\":3}}\n";
        foreach (FeedSizes sizes in (FeedSizes[])[FeedSizes.Default, JsonFiles.Small(64, 32), JsonFiles.Small(2048, 512)])
        {
            ReadResult read = await JsonFiles.ReadAsync(text, new JsonOptions { MaxRecordBytes = 1000 }, "a bigint", sizes);
            Assert.Equal(["""{"a":1}""", """{"a":3}"""], read.Rows);
            RowError error = Assert.Single(read.Errors);
            Assert.Equal("MR2103", error.Code.Id);
            Assert.Equal(2, error.Place.Line);
            Assert.Equal(3, read.Position.Row);
        }
    }

    [Fact]
    public async Task A_record_deeper_than_the_limit_is_reported()
    {
        using var leaks = new LeakCheck();
        string deep = new string('[', 200) + new string(']', 200);
        string text = $"{{\"a\":1,\"b\":{deep}}}\n{{\"a\":2,\"b\":[[]]}}\n";
        foreach (string columns in (string[])["a bigint", "a bigint, b json", "a bigint, b varchar"])
        {
            ReadResult read = await JsonFiles.ReadAsync(text, new JsonOptions { MaxDepth = 100 }, columns);
            Assert.StartsWith("""{"a":2""", Assert.Single(read.Rows));
            Assert.Equal("MR2104", Assert.Single(read.Errors).Code.Id);
        }
    }

    [Fact]
    public async Task The_last_line_needs_no_end()
    {
        ReadResult read = await JsonFiles.ReadAsync("{\"a\":1}\n{\"a\":2");
        Assert.Single(read.Rows);
        Assert.Equal("MR2101", Assert.Single(read.Errors).Code.Id);
    }
}
