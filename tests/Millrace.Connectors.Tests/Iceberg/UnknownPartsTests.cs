using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>Tables with parts that are not known here: what can be read is read, and what would be written wrongly is refused before anything is.</summary>
[Specification("Table Metadata")]
public sealed class UnknownPartsTests : IDisposable
{
    private static readonly Schema Columns = new(new Field("id", DataType.Int64), new Field("shape", DataType.Utf8));

    private readonly LakeFolder _lake = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _lake.Dispose();

    [Theory]
    [InlineData("\"variant\"", "variant")]
    [InlineData("\"geometry(srid:4326)\"", "geometry(srid:4326)")]
    [InlineData("\"geography\"", "geography")]
    [InlineData("\"unknown\"", "unknown")]
    [InlineData("{\"type\":\"list\",\"element-id\":3,\"element-required\":false,\"element\":\"variant\"}", "variant")]
    [Specification("Schemas and Data Types")]
    public async Task A_column_of_an_unknown_type_is_refused_and_the_others_are_read(string type, string name)
    {
        await AppendAsync(1);
        await ReplaceAsync("\"last-column-id\":2", "\"last-column-id\":3");
        await ReplaceAsync("\"name\":\"shape\",\"required\":false,\"type\":\"string\"", $"\"name\":\"shape\",\"required\":false,\"type\":{type}");
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => _lake.ReadAsync());
        Assert.Equal(("MR3059", "shape"), (e.Code.Id, e.Place?.Field));
        Assert.Contains(name, e.Message, StringComparison.Ordinal);
        Assert.Equal("""{"id":1}""", Assert.Single(await _lake.ReadAsync(request: new ReadRequest { Columns = [new RequestedColumn("id")] })));
        Assert.Equal("MR3059", await RefusedAsync(() => AppendAsync(2)));
        Assert.Equal("MR3059", await RefusedAsync(() => _lake.WithAsync(m => m.CompactAsync(new CompactionOptions { All = true }, Cancellation))));
        await using ISource source = new IcebergConnector().OpenSource(new IcebergSourceOptions { Path = _lake.Path }, new ConnectorContext { Job = "look" });
        Assert.Contains((await source.DiscoverAsync(Cancellation).FirstAsync(Cancellation)).Notes, n => n.Contains("'shape'", StringComparison.Ordinal));
    }

    [Fact]
    [Specification("Schemas and Data Types")]
    public async Task What_does_not_touch_rows_is_done_to_such_tables_and_leaves_their_types()
    {
        await AppendAsync(1);
        await AppendAsync(2);
        await ReplaceAsync("\"name\":\"shape\",\"required\":false,\"type\":\"string\"", "\"name\":\"shape\",\"required\":false,\"type\":\"variant\"", 2);
        await _lake.WithAsync(m => m.ChangeAsync(new ReferenceRequest("mark", IsBranch: false, ReferenceAction.Create), Cancellation));
        await _lake.WithAsync(m => m.RewriteManifestsAsync(new ManifestOptions(), Cancellation));
        await _lake.WithAsync(m => m.ExpireAsync(new ExpiryOptions { OlderThan = DateTimeOffset.MaxValue }, Cancellation));
        Assert.Equal(new IcebergForeign("variant"), (await _lake.MetadataAsync()).Schema.Find("shape")!.Type);
        Assert.Equal(2, (await _lake.ReadAsync(request: new ReadRequest { Columns = [new RequestedColumn("id")] })).Count);
        await _lake.AssertWholeAsync();
    }

    [Fact]
    [Specification("Partition Transforms")]
    public async Task A_table_with_an_unknown_transform_is_read_and_not_written_anew()
    {
        await AppendAsync(1, o => o with { Partition = ["id"] });
        await ReplaceAsync("\"transform\":\"identity\"", "\"transform\":\"zorder\"");
        Assert.Single(await _lake.ReadAsync());
        Assert.Equal("MR3403", await RefusedAsync(() => _lake.WithAsync(m => m.CompactAsync(new CompactionOptions { All = true }, Cancellation))));
    }

    [Fact]
    [Specification("Appendix E: Format version changes")]
    public async Task A_table_of_a_newer_version_is_told()
    {
        await AppendAsync(1);
        await ReplaceAsync("\"format-version\":3", "\"format-version\":4");
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => _lake.ReadAsync());
        Assert.Equal("MR3403", e.Code.Id);
        Assert.Contains("format version 4", e.Message, StringComparison.Ordinal);
        Assert.Equal("MR3403", await RefusedAsync(() => AppendAsync(2)));
        Assert.Equal("MR3403", await RefusedAsync(() => _lake.WithAsync(m => m.ExpireAsync(new ExpiryOptions(), Cancellation))));
    }

    [Fact]
    public async Task An_encrypted_table_is_not_read_and_one_that_is_to_be_is_not_written()
    {
        await AppendAsync(1);
        await ReplaceAsync("\"properties\":{", "\"properties\":{\"encryption.key-id\":\"k1\",");
        Assert.Single(await _lake.ReadAsync());
        Assert.Equal("MR3403", await RefusedAsync(() => AppendAsync(2)));
        await ReplaceAsync("\"format-version\":3", "\"encryption-keys\":[{\"key-id\":\"a\",\"encrypted-key-metadata\":\"AA==\"}],\"format-version\":3");
        Assert.Contains("encrypted", (await Assert.ThrowsAsync<MillraceException>(() => _lake.ReadAsync())).Message, StringComparison.Ordinal);
        await ReplaceAsync("[{\"key-id\":\"a\",\"encrypted-key-metadata\":\"AA==\"}]", "[]");
        Assert.Single(await _lake.ReadAsync());
    }

    private async Task AppendAsync(long id, Func<IcebergTargetOptions, IcebergTargetOptions>? options = null)
    {
        using RecordBatch batch = LakeFolder.Batch(Columns, [[id, "round"]]);
        await _lake.WriteAsync(batch, options: o => (options?.Invoke(o) ?? o) with { FormatVersion = 3 });
    }

    private async Task ReplaceAsync(string found, string replacement, int version = 1)
    {
        string file = _lake.Path + $"/metadata/v{version}.metadata.json";
        string text = await File.ReadAllTextAsync(file, Cancellation);
        Assert.Contains(found, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, text.Replace(found, replacement, StringComparison.Ordinal), Cancellation);
    }

    // The code of the error; nothing is left behind.
    private async Task<string> RefusedAsync(Func<Task> action)
    {
        string[] before = Directory.GetFiles(_lake.Path, "*", SearchOption.AllDirectories);
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(action);
        Assert.Equal(before, Directory.GetFiles(_lake.Path, "*", SearchOption.AllDirectories));
        return e.Code.Id;
    }
}
