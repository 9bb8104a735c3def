using System.Text;
using Millrace.Connectors.Files;
using Millrace.Formats;

namespace Millrace.Connectors.Tests.Files;

public sealed class StandardStreamsTests
{
    private static readonly ConnectorContext Context = new() { Job = "pipe" };

    [Fact]
    public async Task A_dash_reads_standard_input_whatever_its_format()
    {
        int opened = 0;
        var connector = new FilesConnector(FormatRegistry.BuiltIn, openInput: () =>
        {
            opened++;
            return new MemoryStream("id;name\n1;a\n2;\n"u8.ToArray());
        });
        await using ISource source = connector.OpenSource(new FilesSourceOptions { Path = ["-"], Format = Csv }, Context);
        Assert.True((await source.CheckAsync(default)).Ok);

        // It is looked at again and again, and read once.
        for (int i = 0; i < 2; i++)
        {
            await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), default);
            Assert.Equal(["""{"id":1,"name":"a"}""", """{"id":2,"name":null}"""], await PlanReading.ReadAllAsync(plan));
        }

        Assert.Equal(1, opened);
    }

    [Fact]
    public async Task A_dash_writes_to_standard_output()
    {
        var output = new MemoryStream();
        await using ISink sink = new FilesConnector(FormatRegistry.BuiltIn, openOutput: () => output).OpenSink(new FilesTargetOptions { Path = "-", Format = Csv }, Context);
        await using (ISinkWriter writer = await sink.OpenWriterAsync(Request, default))
        {
            using RecordBatch batch = Batches.Range(1, 2);
            await writer.WriteAsync(batch, default);
            CommitSummary summary = await writer.CommitAsync(SinkHarness.Checkpoint(1), default);
            Assert.Equal((2, output.Length), (summary.Rows, summary.Bytes));
        }

        Assert.Equal("id,name\n1,row 1\n2,row 2\n", Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact]
    public async Task A_run_that_has_printed_rows_does_not_begin_anew()
    {
        await using ISink sink = new FilesConnector(LinesFormat.Registry, openOutput: () => new MemoryStream()).OpenSink(new FilesTargetOptions { Path = "-", Format = SinkHarness.Lines }, Context);
        ISinkWriter first = await sink.OpenWriterAsync(Request, default);
        await first.AbortAsync(default);
        await first.DisposeAsync();
        ISinkWriter second = await sink.OpenWriterAsync(Request, default);
        using RecordBatch batch = Batches.Range(1, 200);
        await second.WriteAsync(batch, default);
        await second.AbortAsync(default);
        await second.DisposeAsync();
        var error = await Assert.ThrowsAsync<MillraceException>(async () => await sink.OpenWriterAsync(Request, default));
        Assert.Equal(FilesErrors.OutputOnce, error.Code);
    }

    [Fact]
    public void A_device_is_no_target_since_a_file_would_take_its_place()
    {
        var error = Assert.Throws<MillraceException>(() => new FilesConnector().OpenSink(new FilesTargetOptions { Path = "/dev/null", Format = Csv }, Context));
        Assert.Equal(FilesErrors.BadTarget, error.Code);
    }

    [Fact]
    public async Task A_link_stays_and_what_it_leads_to_is_replaced()
    {
        using var harness = new SinkHarness();
        harness.Folder.Write("real/a.lines", "old");
        File.CreateSymbolicLink(harness.Folder["link.lines"], harness.Folder["real/a.lines"]);
        await harness.WriteAsync("link.lines", harness.Request(WriteMode.Overwrite), null, Batches.Range(1, 1));
        Assert.NotNull(new FileInfo(harness.Folder["link.lines"]).LinkTarget);
        Assert.Single(LinesFormat.RowsOf(harness.Folder["real/a.lines"]));
    }

    [Theory]
    [InlineData("-", false)]
    [InlineData("/dev/stdin", false)]
    [InlineData("pipe.csv", false)]
    [InlineData("a.csv", true)]
    [InlineData("*.csv", true)]
    public async Task What_passes_by_once_cannot_be_read_again(string path, bool canReplay)
    {
        using var folder = new TempFolder(inMemory: true);
        folder.Write("a.csv", "id\n1\n");
        using (System.Diagnostics.Process mkfifo = System.Diagnostics.Process.Start("mkfifo", [folder["pipe.csv"]]))
        {
            await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await using ISource source = new FilesConnector().OpenSource(new FilesSourceOptions { Path = [path] }, new ConnectorContext { Job = "test", BaseDirectory = folder.Path });
        Assert.Equal(canReplay, source.CanReplay);
    }

    private static OptionChoice<FormatChoices> Csv { get; } = new("csv", new OptionMap(new ErrorPlace()));

    private static SinkRequest Request => new() { Schema = Batches.Schema, RunId = "r" };
}
