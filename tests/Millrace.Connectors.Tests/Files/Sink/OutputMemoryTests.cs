using Millrace.Connectors.Files;
using Millrace.Formats;

namespace Millrace.Connectors.Tests.Files;

public sealed class OutputMemoryTests
{
    [Fact]
    public async Task A_parquet_writer_that_is_flushed_holds_nothing_in_memory_and_its_file_is_whole()
    {
        var output = new MemoryStream();
        FileFormat format = FormatRegistry.BuiltIn.Require("parquet");
        var options = (FormatOptions)Activator.CreateInstance(format.OptionsType)!;
        await using (IBatchWriter writer = format.OpenWriter(new StreamByteTarget(output), Batches.Schema, options))
        {
            await writer.FlushAsync(default);
            for (int i = 0; i < 3; i++)
            {
                using RecordBatch batch = Batches.Range(i * 100, 100);
                await writer.WriteAsync(batch, default);
                await writer.FlushAsync(default);
                Assert.Equal(0, writer.BufferedBytes);
            }

            await writer.FinishAsync(default);
        }

        using var folder = new TempFolder(inMemory: true);
        File.WriteAllBytes(folder["a.parquet"], output.ToArray());
        await using ISource source = new FilesConnector().OpenSource(new FilesSourceOptions { Path = [folder["a.parquet"]] }, new ConnectorContext { Job = "read" });
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), default);
        Assert.Equal(Enumerable.Range(0, 300).Select(i => Batches.Json(i, $"row {i}")), await PlanReading.ReadAllAsync(plan));
    }
}
