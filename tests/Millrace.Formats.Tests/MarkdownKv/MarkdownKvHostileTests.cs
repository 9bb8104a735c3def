using System.Text;
using Millrace.Formats.MarkdownKv;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.MarkdownKv;

/// <summary>Bytes that nobody meant to be documents, and documents that are too much.</summary>
public class MarkdownKvHostileTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task No_bytes_crash_or_hang_a_reader_or_keep_memory(int seed)
    {
        var random = new Random(seed);
        string[] pieces = ["a:: ", "::", "\n", "\n  ", "# ", "---\n", "```", "<!-- document -->\n", "<!-- document \"", "\" -->", "{\"", "[", "]", "}", "\"", "\\", "1", ": ", "- ", "|", "é", "\0"];
        for (int i = 0; i < 400; i++)
        {
            byte[] bytes = [.. Enumerable.Range(0, random.Next(1, 60)).SelectMany(_ => Encoding.UTF8.GetBytes(pieces[random.Next(pieces.Length)]))];
            if (i % 3 == 0)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            using var leaks = new LeakCheck();
            MarkdownKvOptions options = MarkdownFiles.Options((MarkdownKvLayout)random.Next(6)) with { Compression = "none", Encoding = "utf-8", MaxDocumentBytes = random.Next(2) == 0 ? 64 : 4096, MaxKeys = random.Next(1, 10) };
            try
            {
                await MarkdownFiles.ReadAsync(bytes, options, chunk: random.Next(2) * random.Next(1, 20));
            }
            catch (Exception e) when (e is MillraceException or SchemaWideningException)
            {
                Assert.NotEqual("", e.Message);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    public async Task A_document_that_is_too_long_is_passed_over(int chunk)
    {
        using var leaks = new LeakCheck();
        string text = "a:: 1\n<!-- document \"long\" -->\nb:: " + new string('x', 300_000) + "\nc:: " + new string('y', 200) + "\n<!-- document -->\nd:: 2\n<!-- document -->\n" + new string('z', 70);
        if (chunk == 1)
        {
            text = text.Replace(new string('x', 300_000), new string('x', 3000), StringComparison.Ordinal);
        }

        MarkdownKvOptions options = MarkdownFiles.Options(MarkdownKvLayout.Keys) with { MaxDocumentBytes = 64 };
        (List<string> rows, List<RowError> errors) = await MarkdownFiles.ReadAsync(Encoding.UTF8.GetBytes(text), options, chunk: chunk);
        Assert.Equal(2, rows.Count);
        Assert.Equal(["MR2502", "MR2502"], errors.Select(e => e.Code.Id));
        Assert.Equal([chunk == 1 ? 3209 : 300_209, 70L], errors.Select(e => e.RawLength));
        Assert.Equal(3, errors[0].Place.Line);
        Assert.StartsWith("b:: xxx", Encoding.UTF8.GetString(errors[0].Raw.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MarkdownKvLayout.Keys)]
    [InlineData(MarkdownKvLayout.Document)]
    [InlineData(MarkdownKvLayout.Table)]
    public async Task A_document_with_too_many_keys_is_a_bad_row(MarkdownKvLayout layout)
    {
        using var leaks = new LeakCheck();
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 101).Select(i => $"k{i}:: {i}\n")) + "<!-- document -->\nk:: 1\n");
        MarkdownKvOptions options = MarkdownFiles.Options(layout) with { MaxKeys = 100 };
        (List<string> rows, List<RowError> errors) = await MarkdownFiles.ReadAsync(text, options);
        Assert.Single(rows);
        Assert.Equal("MR2502", Assert.Single(errors).Code.Id);
    }

    [Fact]
    public async Task A_document_that_is_not_utf8_is_a_bad_row_and_the_next_is_read()
    {
        byte[] text = [.. "a:: 1\n<!-- document -->\nb:: "u8, 0xFF, .. "\n<!-- document -->\nc:: 3"u8];
        (List<string> rows, List<RowError> errors) = await MarkdownFiles.ReadAsync(text, MarkdownFiles.Options(MarkdownKvLayout.Keys));
        Assert.Equal(2, rows.Count);
        Assert.Equal("MR2005", Assert.Single(errors).Code.Id);
        Assert.Equal(3, errors[0].Place.Line);
    }

    [Fact]
    public async Task Columns_that_are_not_asked_for_are_left_out()
    {
        (List<string> rows, _) = await MarkdownFiles.ReadAsync("a:: 1\n"u8.ToArray(), MarkdownFiles.Options(MarkdownKvLayout.Keys), columns: ["value", "key"]);
        Assert.Equal("""{"value":"1","key":"a"}""", Assert.Single(rows));
    }
}
