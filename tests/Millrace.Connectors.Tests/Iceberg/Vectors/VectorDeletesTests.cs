using System.Buffers.Binary;
using Millrace.Connectors.Iceberg;
using Millrace.Formats.Compression;

namespace Millrace.Connectors.Tests.Iceberg;

[Specification("Delete Formats: Deletion Vectors")]
public sealed class VectorDeletesTests : IDisposable
{
    private static readonly Schema Columns = new(new Field("id", DataType.Int64));

    private readonly LakeFolder _lake = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _lake.Dispose();

    // A container of 14 bytes stands for 65,536 rows, so that a small file would fill the memory.
    [Fact]
    public async Task A_vector_of_more_rows_than_its_manifest_tells_is_refused_before_they_are_counted_out()
    {
        DataFile data = await AddVectorAsync(RunsOfAllRows(60_000), rows: 1);
        string message = await FaultAsync(() => _lake.ReadAsync());
        Assert.Contains("more than 1 ", message, StringComparison.Ordinal);
        Assert.Equal(message, await FaultAsync(() => _lake.DeleteAsync([(data, 2)])));

        // What the data file can have is a bound too.
        DataFile vector = Assert.Single(await _lake.FilesAsync(), f => f.File.IsVector).File with { Rows = long.MaxValue };
        Assert.Contains("more than 3 ", await FaultAsync(async () => await VectorDeletes.OfAsync((await _lake.LoadAsync()).Files, data, vector, Cancellation)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_vector_of_fewer_rows_than_its_manifest_tells_is_refused()
    {
        DataFile data = await AddVectorAsync(DeletionVector.Write([1]), rows: 2);
        Assert.Contains("1 rows where the manifest tells of 2", await FaultAsync(() => _lake.ReadAsync()), StringComparison.Ordinal);
        Assert.Contains("1 rows where the manifest tells of 2", await FaultAsync(() => _lake.DeleteAsync([(data, 2)])), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_vector_of_rows_that_its_file_lacks_is_refused()
    {
        DataFile data = await AddVectorAsync(DeletionVector.Write([3]), rows: 1);
        Assert.Contains("row 3 of 3", await FaultAsync(() => _lake.ReadAsync()), StringComparison.Ordinal);
        Assert.Contains("row 3 of 3", await FaultAsync(() => _lake.DeleteAsync([(data, 2)])), StringComparison.Ordinal);
    }

    private static async Task<string> FaultAsync(Func<Task> read)
    {
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(read);
        Assert.Equal("MR3432", e.Code.Id);
        return e.Message;
    }

    // A table of three rows with a vector that another writer left.
    private async Task<DataFile> AddVectorAsync(byte[] blob, long rows)
    {
        using RecordBatch batch = LakeFolder.Batch(Columns, [[1L], [2L], [3L]]);
        await _lake.WriteAsync(batch, options: o => o with { FormatVersion = 3 });
        DataFile data = Assert.Single(await _lake.FilesAsync()).File;
        IcebergTable table = await _lake.LoadAsync();
        string path = table.Files.PathOf("data/theirs.puffin");
        await table.Files.Store.PutAsync(table.Files.NameOf(path), blob, Millrace.Storage.PutCondition.IfAbsent, Cancellation);
        var vector = new DataFile
        {
            Content = FileContent.PositionDeletes,
            Path = path,
            Format = DataFile.Puffin,
            Rows = rows,
            Bytes = blob.Length,
            ReferencedFile = data.Path,
            ContentOffset = 0,
            ContentSize = blob.Length,
        };
        await table.CommitAsync(new FileChange { Operation = "delete", AddedDeletes = [vector] }, Cancellation);
        return data;
    }

    // One bitmap of containers with one run each, sealed as anybody can.
    private static byte[] RunsOfAllRows(int containers)
    {
        using var content = new MemoryStream();
        using var target = new BinaryWriter(content);
        target.Write(0);
        target.Write([0xD1, 0xD3, 0x39, 0x64]);
        target.Write(1L);
        target.Write(0);
        target.Write(12347 | ((containers - 1) << 16));
        target.Write(Enumerable.Repeat((byte)0xFF, (containers + 7) / 8).ToArray());
        for (int i = 0; i < containers; i++)
        {
            target.Write((ushort)i);
            target.Write(ushort.MaxValue);
        }

        target.Write(new byte[4 * containers]);
        for (int i = 0; i < containers; i++)
        {
            target.Write((ushort)1);
            target.Write((ushort)0);
            target.Write(ushort.MaxValue);
        }

        target.Write(0);
        byte[] blob = content.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(blob, blob.Length - 8);
        BinaryPrimitives.WriteUInt32BigEndian(blob.AsSpan(^4..), Crc32.Compute(blob.AsSpan(4..^4)));
        return blob;
    }
}
