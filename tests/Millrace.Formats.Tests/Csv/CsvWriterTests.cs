using Millrace.Columnar;
using Millrace.Formats.Csv;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Csv;

public class CsvWriterTests
{
    [Fact]
    public Task Rows_too_long_to_be_joined_at_once_are_joined_in_parts() => LeakCheck.RunAsync(async () =>
    {
        var random = new Random(11);
        string[] texts = [.. Enumerable.Range(0, 300).Select(i => new string((char)('a' + (i % 26)), random.Next(1, 60)))];
        Assert.Equal($"t\n{string.Join('\n', texts)}\n", await WriteAsync(texts, longestText: 64));
    });

    [Fact]
    public Task A_row_too_long_to_be_written_is_refused_with_its_length() => LeakCheck.RunAsync(async () =>
    {
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => WriteAsync(["short", new string('x', 100), "short"], longestText: 64));
        Assert.Equal(CsvErrors.RowTooLongCode, error.Code);
        Assert.Contains("102 bytes", error.Message, StringComparison.Ordinal);
        Assert.Contains("at most 64", error.Message, StringComparison.Ordinal);
    });

    private static async Task<string> WriteAsync(string[] texts, int longestText)
    {
        var schema = new Schema([new Field("t", DataType.Utf8)]);
        using var builder = new BinaryBuilder(DataType.Utf8, texts.Length);
        Array.ForEach(texts, builder.Append);
        using var batch = new RecordBatch(schema, texts.Length, [builder.Build()]);
        var stream = new MemoryStream();
        await using (var writer = new CsvWriter(new StreamByteTarget(stream), schema, new CsvOptions(), longestText))
        {
            await writer.WriteAsync(batch, CancellationToken.None);
            await writer.FinishAsync(CancellationToken.None);
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
