using System.Globalization;
using System.Text.Json.Nodes;
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

    [Theory]
    [InlineData("id", "\"source-id\":1,\"field-id\":1000,\"name\":\"id\",\"transform\":\"identity\"", "\"source-id\":1,\"field-id\":1000,\"name\":\"id\",\"transform\":\"zorder\"")]
    [InlineData("id", "\"source-id\":1,\"field-id\":1000,\"name\":\"id\",\"transform\":\"identity\"", "\"source-ids\":[1,2],\"field-id\":1000,\"name\":\"id\",\"transform\":\"identity\"")]
    [InlineData("bucket(4, shape)", "\"source-id\":2,\"field-id\":1000", "\"source-ids\":[2,1],\"field-id\":1000")]
    [Specification("Partition Transforms")]
    public async Task A_table_with_an_unknown_transform_is_read_and_not_written_anew(string partition, string known, string unknown)
    {
        await AppendAsync(1, o => o with { Partition = [partition] });
        await ReplaceAsync(known, unknown);
        using Column one = ColumnValue.Repeat(DataType.Int64, 1L, 1);
        using Column round = ColumnValue.Repeat(DataType.Utf8, "round", 1);
        var request = new ReadRequest { Predicates = [new ColumnPredicate("id", PredicateOperator.Equal, one), new ColumnPredicate("shape", PredicateOperator.Equal, round)] };
        Assert.Single(await _lake.ReadAsync(request: request));
        Assert.Single(await _lake.ReadAsync(o => o with { Path = o.Path + "$files" }));
        Assert.Equal("MR3403", await RefusedAsync(() => _lake.WithAsync(m => m.CompactAsync(new CompactionOptions { All = true }, Cancellation))));
        Assert.Equal("MR3403", (await Assert.ThrowsAsync<MillraceException>(() => AppendAsync(2))).Code.Id);
    }

    [Fact]
    [Specification("Partition Transforms")]
    [Specification("Sorting")]
    public async Task Specs_and_orders_of_several_columns_outlive_whatever_is_committed()
    {
        await AppendAsync(1, o => o with { Partition = ["id"], Sort = ["shape"] });
        await AppendAsync(2, o => o with { Partition = [], Layout = IcebergLayout.Evolve });
        int version = Directory.GetFiles(_lake.Path + "/metadata", "v*.metadata.json").Length;
        await ReplaceAsync("\"source-id\":1,\"field-id\":1000,\"name\":\"id\",\"transform\":\"identity\"", "\"source-ids\":[1,2],\"field-id\":1000,\"name\":\"id\",\"transform\":\"bucket[4]\"", version);
        await ReplaceAsync("\"transform\":\"identity\",\"source-id\":2", "\"transform\":\"zorder\",\"source-ids\":[2,1]", version);
        JsonNode before = await LayoutsAsync();
        Assert.Contains("[2,1]", before.ToJsonString(), StringComparison.Ordinal);

        await AppendAsync(3);
        await (await _lake.LoadAsync()).UpdateAsync(m => new TableChange([], [new MetadataUpdate.SetProperties(m.Properties.SetItem("owner", "crm"))]), Cancellation);
        await AppendAsync(4, o => o with { Partition = ["bucket(2, id)"], Layout = IcebergLayout.Evolve });
        await _lake.WithAsync(m => m.ChangeAsync(new ReferenceRequest("mark", IsBranch: false, ReferenceAction.Create), Cancellation));
        await _lake.WithAsync(m => m.RewriteManifestsAsync(new ManifestOptions(), Cancellation));
        await _lake.WithAsync(m => m.ExpireAsync(new ExpiryOptions { OlderThan = DateTimeOffset.MaxValue }, Cancellation));
        JsonNode after = await LayoutsAsync();
        Assert.True(JsonNode.DeepEquals(before["specs"]![0], after["specs"]![0]), after.ToJsonString());
        Assert.True(JsonNode.DeepEquals(before["orders"], after["orders"]), after.ToJsonString());
        using Column one = ColumnValue.Repeat(DataType.Int64, 1L, 1);
        Assert.Contains("""{"id":1,"shape":"round"}""", await _lake.ReadAsync(request: new ReadRequest { Predicates = [new ColumnPredicate("id", PredicateOperator.Equal, one)] }));
        Assert.Equal(4, (await _lake.ReadAsync()).Count);
        await _lake.AssertWholeAsync();
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

    // Specs and orders of the newest version of the metadata.
    private async Task<JsonNode> LayoutsAsync()
    {
        string file = Directory.GetFiles(_lake.Path + "/metadata", "v*.metadata.json").MaxBy(f => int.Parse(Path.GetFileName(f).Split('.')[0][1..], CultureInfo.InvariantCulture))!;
        JsonNode table = JsonNode.Parse(await File.ReadAllTextAsync(file, Cancellation))!;
        return new JsonObject { ["specs"] = table["partition-specs"]!.DeepClone(), ["orders"] = table["sort-orders"]!.DeepClone() };
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
