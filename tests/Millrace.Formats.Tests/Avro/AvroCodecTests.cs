using Millrace.Columnar;
using Millrace.Formats.Avro;
using Millrace.Formats.Tests.Compression;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Avro;

/// <summary>Blocks that other programs compressed.</summary>
public class AvroCodecTests
{
    [Theory]
    [InlineData("bzip2", "bzip2", "-c")]
    [InlineData("zstandard", "zstd", "-c -q")]
    public async Task Blocks_that_a_tool_compressed_are_read(string codec, string tool, string arguments)
    {
        Assert.SkipWhen(ExternalTool.Run(tool, arguments, []) is null, $"{tool} is not installed");
        using var leaks = new LeakCheck();
        using RecordBatch batch = new RandomBatches(2).Batch(5, 500);
        byte[] plain = await AvroFiles.WriteAsync(batch.Schema, [batch], new AvroOptions { Compression = "null", BlockBytes = 4096 });
        byte[] file = AvroContainer.Parse(plain).Recompress(codec, data => ExternalTool.Run(tool, arguments, data)!);
        List<RecordBatch> read = await AvroFiles.ReadAsync(file);
        BatchAssert.EqualRows([batch], read);
        read.ForEach(b => b.Dispose());
    }

    [Fact]
    public async Task Damaged_bzip2_is_an_error_at_its_block()
    {
        Assert.SkipWhen(ExternalTool.Run("bzip2", "-c", []) is null, "bzip2 is not installed");
        byte[] data = [.. Enumerable.Range(0, 5000).Select(i => (byte)(i % 7 * 2))];
        byte[] packed = ExternalTool.Run("bzip2", "-c", data)!;
        var random = new Random(1);
        int errors = 0;
        for (int i = 0; i < 200; i++)
        {
            byte[] damaged = (byte[])packed.Clone();
            int at = random.Next(damaged.Length);
            damaged = random.Next(4) == 0 ? damaged[..at] : damaged;
            if (damaged.Length == packed.Length)
            {
                damaged[at] ^= (byte)(1 << random.Next(8));
            }

            await LeakCheck.RunAsync(async () =>
            {
                try
                {
                    // Some bits mean nothing, such as lengths of codes that do not occur.
                    List<string> rows = await AvroFiles.RowsAsync(AvroContainer.Of("\"int\"", "bzip2", (5000, damaged)).ToFile());
                    Assert.Equal(data.Select(b => $"{{\"value\":{b / 2}}}"), rows);
                }
                catch (MillraceException e)
                {
                    Assert.NotNull(e.Place?.Offset);
                    errors++;
                }
            });
        }

        Assert.InRange(errors, 150, 200);
    }

    [Fact]
    public void Bzip2_cannot_be_chosen_for_writing()
    {
        Assert.Contains("snappy", Assert.Single(new AvroOptions { Compression = "bzip2" }.Validate()), StringComparison.Ordinal);
        Assert.Empty(new AvroOptions { Compression = "zstandard", CompressionLevel = 5 }.Validate());
    }
}
