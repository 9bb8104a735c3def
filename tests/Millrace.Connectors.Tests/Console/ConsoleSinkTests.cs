using Millrace.Columnar;
using Millrace.Connectors.Console;
using Millrace.Sdk;
using Millrace.TestKit;

namespace Millrace.Connectors.Tests.Console;

public sealed class ConsoleSinkTests
{
    private static readonly Schema Names = new(new Field("id", DataType.Int64), new Field("name", DataType.Utf8));

    [Fact]
    public Task Rows_stand_below_one_head() => LeakCheck.RunAsync(async () =>
    {
        string text = await WriteAsync(new ConsoleOptions(), [(1, "Ann"), (20, null)], [(300, "a\nb")]);
        Assert.Equal("id | name\n-- | ----\n 1 | Ann\n20 | NULL\n300 | a·b\n", text);
    });

    [Fact]
    public Task Rows_are_lines_of_json() => LeakCheck.RunAsync(async () =>
        Assert.Equal("{\"id\":1,\"name\":\"Ann\"}\n{\"id\":2,\"name\":null}\n", await WriteAsync(new ConsoleOptions { Format = ConsoleFormat.Json }, [(1, "Ann"), (2, null)])));

    [Fact]
    public void Standard_output_is_what_is_written()
        => Assert.Equal([ConnectorContext.StandardOutput], new ConsoleConnector().OutputsOf(new ConsoleOptions(), new ConnectorContext { Job = "j", BaseDirectory = "/" }));

    private static async Task<string> WriteAsync(ConsoleOptions options, params (long Id, string? Name)[][] batches)
    {
        var output = new StringWriter();
        await using var sink = new ConsoleSink(options, output);
        await using ISinkWriter writer = await sink.OpenWriterAsync(new SinkRequest { Schema = Names, RunId = "r" }, CancellationToken.None);
        foreach ((long Id, string? Name)[] rows in batches)
        {
            using var ids = new FixedBuilder<long>(DataType.Int64);
            using var names = new BinaryBuilder(DataType.Utf8);
            foreach ((long id, string? name) in rows)
            {
                ids.Append(id);
                if (name is null)
                {
                    names.AppendNull();
                }
                else
                {
                    names.Append(name);
                }
            }

            using var batch = new RecordBatch(Names, rows.Length, [ids.Build(), names.Build()]);
            await writer.WriteAsync(batch, CancellationToken.None);
        }

        CommitSummary summary = await writer.CommitAsync(new Checkpoint { Job = "j", Epoch = 1, CreatedAt = default }, CancellationToken.None);
        Assert.Equal(batches.Sum(b => b.Length), summary.Rows);
        return output.ToString();
    }
}
