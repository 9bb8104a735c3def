using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Formats.Parquet;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Parquet;

[Trait("speed", "slow")]
public class RowGroupTests
{
    [Theory]
    [InlineData(10, 1 << 17)]
    [InlineData(100, 1 << 20)]
    public async Task What_waits_in_memory_depends_on_the_row_group_and_not_on_the_file(int columns, int limit)
    {
        using RecordBatch batch = new RandomBatches(6, new() { Types = [TypeId.Int64, TypeId.Utf8, TypeId.Float64, TypeId.Int16] }).Batch(columns, 2000);
        var target = new CountingTarget();
        await using var writer = new ParquetWriter(target, batch.Schema, new ParquetOptions { RowGroupBytes = limit });
        long most = 0;
        for (int i = 0; i < 50; i++)
        {
            await writer.WriteAsync(batch, CancellationToken.None);
            most = Math.Max(most, writer.EstimatedBytes - target.Position);
        }

        // Finished pages, unfinished ones and dictionaries have a limit each; the last step may go beyond one of them.
        Assert.True(target.Position > 2 * limit);
        Assert.InRange(most, limit / 2, 7 * limit);
        await writer.FinishAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Groups_and_pages_end_at_their_rows()
    {
        using RecordBatch batch = new RandomBatches(7, new() { Types = [TypeId.Int32] }).Batch(2, 1000);
        using WrittenFile file = await WrittenFile.FromAsync(new ParquetOptions { RowGroupRows = 300, PageRows = 128 }, batch, batch);
        JsonNode groups = NodeOracle.Ask("hyparquet-metadata", new JsonObject { ["file"] = file.Path })["row_groups"]!;
        Assert.Equal([300, 300, 300, 300, 300, 300, 200], groups.AsArray().Select(g => int.Parse(g!["num_rows"]!.ToString(), System.Globalization.CultureInfo.InvariantCulture)));
        JsonNode pages = NodeOracle.Ask("hyparquet-indexes", new JsonObject { ["file"] = file.Path })[0]![1]!["offsetIndex"]!["page_locations"]!;
        Assert.Equal("0,128,256", string.Join(',', pages.AsArray().Select(p => p!["first_row_index"]!.ToString())));
    }

    private sealed class CountingTarget : IByteTarget
    {
        public string Name => "counting";

        public long Position { get; private set; }

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
        {
            Position += bytes.Length;
            return ValueTask.CompletedTask;
        }
    }
}
