using System.Collections.Immutable;
using System.Text.Json;

namespace Millrace.Connectors.Tests.Iceberg;

public sealed class IcebergTagsTests : IDisposable
{
    private readonly LakeFolder _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task Tags_of_the_schema_become_properties_of_a_new_table()
    {
        var schema = new Schema(
            [new Field("id", DataType.Int64), new Field("email", DataType.Utf8).WithMetadata(DataTags.Classification, "pii")],
            ImmutableDictionary<string, string>.Empty.Add("governance.owner", "crm").Add("finops.cost_center", "CC-1"));
        using (RecordBatch batch = LakeFolder.Batch(schema, [[1L, "a@b.org"]]))
        {
            await _lake.WriteAsync(batch);
        }

        string metadata = Directory.GetFiles(_lake.Path + "/metadata", "*.metadata.json").Order(StringComparer.Ordinal).Last();
        using JsonDocument table = JsonDocument.Parse(await File.ReadAllTextAsync(metadata, TestContext.Current.CancellationToken));
        JsonElement properties = table.RootElement.GetProperty("properties");
        Assert.Equal(
            ("pii", "crm", "CC-1"),
            (properties.GetProperty("classification.fields.email").GetString(), properties.GetProperty("governance.owner").GetString(), properties.GetProperty("finops.cost_center").GetString()));
    }
}
