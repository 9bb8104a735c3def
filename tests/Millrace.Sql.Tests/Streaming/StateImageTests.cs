using Millrace.Columnar;
using Millrace.Sql.Streaming;
using Millrace.TestKit;

namespace Millrace.Sql.Tests.Streaming;

public sealed class StateImageTests
{
    private static readonly StateTable Counts = new("counts", new Schema([new Field("k", DataType.Utf8), new Field("n", DataType.Int64), new Field("d", DataType.List(DataType.Decimal(12, 2)))]), [0], [0]);
    private static readonly StateManifest Manifest = new([new StageState("aggregate-1", "count by k", [Counts]), new StageState("empty-1", "", [])]);

    [Fact]
    public async Task What_was_written_is_read_in_its_order()
    {
        using var leaks = new LeakCheck();
        using RecordBatch put = Batch(1, 100);
        using RecordBatch keys = put.Select([0]);
        byte[] image = Image((StateChange.Put, put), (StateChange.Remove, keys));

        await using StateImageReader reader = await OpenAsync(image);
        Assert.Equal(Manifest.Parts.Select(p => (p.Id, p.Signature)), reader.Manifest.Parts.Select(p => (p.Id, p.Signature)));
        Assert.Equal(Counts.Schema, reader.Manifest.Parts[0].Tables[0].Schema);
        Assert.Equal(Counts.Keys, reader.Manifest.Parts[0].Tables[0].Keys);
        StateRecord first = (await reader.NextAsync(TestContext.Current.CancellationToken))!.Value;
        StateRecord second = (await reader.NextAsync(TestContext.Current.CancellationToken))!.Value;
        using (first.Rows)
        using (second.Rows)
        {
            Assert.Equal(("aggregate-1", "counts", StateChange.Put), (first.Stage, first.Table, first.Change));
            Assert.Equal(StateChange.Remove, second.Change);
            BatchAssert.Equal(put, first.Rows);
            BatchAssert.Equal(keys, second.Rows);
        }

        Assert.Null(await reader.NextAsync(TestContext.Current.CancellationToken));
        Assert.Null(await reader.NextAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_byte_that_is_wrong_anywhere_is_an_error()
    {
        using var leaks = new LeakCheck();
        using RecordBatch put = Batch(2, 20);
        byte[] image = Image((StateChange.Put, put));
        for (int i = 0; i < image.Length; i++)
        {
            foreach (byte flip in (byte[])[1, 0x80, 0xff])
            {
                byte[] damaged = [.. image];
                damaged[i] ^= flip;
                Assert.Equal("MR5402", (await Assert.ThrowsAsync<MillraceException>(() => ReadAllAsync(damaged))).Code.Id);
            }
        }
    }

    [Fact]
    public async Task A_file_that_is_cut_anywhere_or_goes_on_behind_its_end_is_an_error()
    {
        using var leaks = new LeakCheck();
        using RecordBatch put = Batch(3, 20);
        byte[] image = Image((StateChange.Put, put), (StateChange.Put, put));
        for (int length = 0; length < image.Length; length++)
        {
            Assert.Equal("MR5402", (await Assert.ThrowsAsync<MillraceException>(() => ReadAllAsync(image[..length]))).Code.Id);
        }

        Assert.Equal("MR5402", (await Assert.ThrowsAsync<MillraceException>(() => ReadAllAsync([.. image, 0]))).Code.Id);
        Assert.Equal(2, await ReadAllAsync(image));
    }

    [Fact]
    public async Task State_of_a_version_to_come_says_so()
    {
        byte[] image = Image();
        image[7] = 9;
        Assert.Contains("version 9", (await Assert.ThrowsAsync<MillraceException>(() => ReadAllAsync(image))).Message, StringComparison.Ordinal);
    }

    private static byte[] Image(params (StateChange Change, RecordBatch Rows)[] pieces)
    {
        using var bytes = new MemoryStream();
        using var writer = new StateImageWriter(Manifest, piece => bytes.Write(piece.Span));
        foreach ((StateChange change, RecordBatch rows) in pieces)
        {
            writer.Write("aggregate-1", "counts", change, rows);
        }

        writer.Complete();
        return bytes.ToArray();
    }

    private static ValueTask<StateImageReader> OpenAsync(byte[] image) => StateImageReader.OpenAsync(new MemoryStream(image), image.Length, "12.state", TestContext.Current.CancellationToken);

    private static async Task<int> ReadAllAsync(byte[] image)
    {
        await using StateImageReader reader = await OpenAsync(image);
        int pieces = 0;
        while (await reader.NextAsync(TestContext.Current.CancellationToken) is { } record)
        {
            record.Rows.Dispose();
            pieces++;
        }

        return pieces;
    }

    private static RecordBatch Batch(int seed, int rows) => new RandomBatches(seed).Batch(Counts.Schema, rows);
}
