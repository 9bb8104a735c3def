using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>Tables with files that are missing, cut off or of a kind that cannot be written: that is told, and nothing is committed.</summary>
public sealed class DamagedTableTests : IDisposable
{
    private static readonly Schema Columns = new(new Field("id", DataType.Int64));

    private readonly LakeFolder _lake = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task A_table_whose_metadata_is_not_to_be_seen_is_not_made_anew()
    {
        await AppendAsync(1);
        string file = _lake.Path + "/metadata/v1.metadata.json";
        File.Move(file, file + ".hidden");
        Assert.Equal("MR3401", (await Assert.ThrowsAsync<MillraceException>(() => AppendAsync(2))).Code.Id);
        File.Move(file + ".hidden", file);
        Assert.Single(await _lake.ReadAsync());
    }

    [Theory]
    [InlineData("\"transform\":\"identity\"", "\"transform\":\"zorder\"", "MR3403")]
    [InlineData("\"format-version\":2", "\"format-version\":4", "MR3403")]
    [InlineData("\"properties\":{", "\"properties\":{\"write.parquet.compression-codec\":\"lzo\",", "MR3431")]
    [Specification("Partition Transforms")]
    public async Task What_cannot_be_written_is_refused_before_anything_is(string found, string replacement, string code)
    {
        await AppendAsync(1, o => o with { Partition = ["id"] });
        string file = _lake.Path + "/metadata/v1.metadata.json";
        string text = await File.ReadAllTextAsync(file, Cancellation);
        Assert.Contains(found, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, text.Replace(found, replacement, StringComparison.Ordinal), Cancellation);
        string[] before = Directory.GetFiles(_lake.Path, "*", SearchOption.AllDirectories);
        Assert.Equal(code, (await Assert.ThrowsAsync<MillraceException>(() => AppendAsync(2))).Code.Id);
        Assert.Equal(before, Directory.GetFiles(_lake.Path, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("*-m0.avro")]
    [InlineData("snap-*.avro")]
    [Specification("Manifests")]
    [Specification("Manifest Lists")]
    public async Task A_manifest_that_is_cut_off_is_told_and_nothing_is_committed(string pattern)
    {
        await AppendAsync(1);
        string file = Directory.GetFiles(_lake.Path + "/metadata", pattern).Single();
        byte[] bytes = await File.ReadAllBytesAsync(file, Cancellation);
        foreach (int length in new[] { 0, 3, bytes.Length / 2 })
        {
            await File.WriteAllBytesAsync(file, bytes[..length], Cancellation);
            MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => _lake.ReadAsync());
            Assert.Contains(Path.GetFileName(file), e.Place?.File ?? e.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<MillraceException>(() => AppendAsync(2, mode: WriteMode.Overwrite));
        }

        await File.WriteAllBytesAsync(file, bytes, Cancellation);
        Assert.Equal("""{"id":1}""", Assert.Single(await _lake.ReadAsync()));
    }

    private async Task AppendAsync(long id, Func<IcebergTargetOptions, IcebergTargetOptions>? options = null, WriteMode mode = WriteMode.Append)
    {
        using RecordBatch batch = LakeFolder.Batch(Columns, [[id]]);
        await _lake.WriteAsync(batch, mode, options);
    }
}
