using System.Collections.Immutable;
using System.Text.Json;
using Millrace.Connectors.Iceberg;
using Millrace.Storage;

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

    [Fact]
    public async Task Tags_that_changed_are_brought_to_a_table_that_is_there()
    {
        await WriteAsync("load", Rows("mail of the customer", "pii", ("governance.owner", "crm"), ("finops.cost_center", "CC-1")));
        await WriteAsync("load", Rows("e-mail address", "secret", ("governance.owner", "sales")));

        TableMetadata table = await MetadataAsync();
        Assert.Equal(("secret", "sales", null), (table.Properties["classification.fields.email"], table.Properties["governance.owner"], table.Properties.GetValueOrDefault("finops.cost_center")));
        Assert.Equal("e-mail address", table.Schema.Find("email")!.Doc);

        await WriteAsync("load", Rows(null, null));
        table = await MetadataAsync();
        Assert.DoesNotContain(table.Properties.Keys, k => k.StartsWith("classification.", StringComparison.Ordinal) || k.StartsWith("governance.", StringComparison.Ordinal) || k.StartsWith("millrace.tags.", StringComparison.Ordinal));
        Assert.Null(table.Schema.Find("email")!.Doc);
        Assert.Equal(3, (await _lake.ReadAsync()).Count);
    }

    [Fact]
    public async Task What_others_have_set_stays_and_is_told()
    {
        await WriteAsync("load", Rows("mail", "pii", ("governance.owner", "crm"), ("governance.steward", "jane")));
        await SetAsync(("governance.owner", "legal"), ("governance.note", "kept"));

        List<string> notes = await WriteAsync("load", Rows("mail", "pii", ("governance.owner", "sales")));
        Assert.Equal($"of the table '{_lake.Path}' 'governance.owner' is 'legal' and not 'sales', as the job has it: somebody else has set it, and it stays", Assert.Single(notes, n => n.Contains("governance", StringComparison.Ordinal)));
        TableMetadata table = await MetadataAsync();
        Assert.Equal(("legal", "kept", null), (table.Properties["governance.owner"], table.Properties["governance.note"], table.Properties.GetValueOrDefault("governance.steward")));

        // Another job takes nothing away either.
        await WriteAsync("other", Rows(null, null));
        Assert.Equal(("pii", "legal"), ((await MetadataAsync()).Properties["classification.fields.email"], (await MetadataAsync()).Properties["governance.owner"]));
    }

    [Fact]
    public async Task A_tag_that_the_job_comes_to_give_as_a_property_stays()
    {
        await WriteAsync("load", Rows("mail", "pii", ("governance.owner", "crm"), ("governance.steward", "jane")));
        await WriteAsync("load", Rows("mail", "pii", ("governance.owner", "crm")), new Dictionary<string, string> { ["governance.steward"] = "jane", ["governance.owner"] = "crm" });
        await WriteAsync("load", Rows("mail", null), new Dictionary<string, string> { ["governance.steward"] = "jane", ["governance.owner"] = "crm" });
        TableMetadata table = await MetadataAsync();
        Assert.Equal(("crm", "jane", null), (table.Properties["governance.owner"], table.Properties["governance.steward"], table.Properties.GetValueOrDefault("classification.fields.email")));
    }

    [Fact]
    public async Task Tags_that_are_the_same_change_nothing()
    {
        await WriteAsync("load", Rows("mail", "pii", ("governance.owner", "crm")));
        int before = (await MetadataAsync()).Schemas.Count;
        string[] files = Directory.GetFiles(_lake.Path + "/metadata", "*.metadata.json");
        Assert.Empty(await WriteAsync("load", Rows("mail", "pii", ("governance.owner", "crm"))));
        Assert.Equal(before, (await MetadataAsync()).Schemas.Count);
        Assert.Equal(files.Length + 1, Directory.GetFiles(_lake.Path + "/metadata", "*.metadata.json").Length);
    }

    [Fact]
    public async Task Who_reads_the_table_gets_its_tags()
    {
        await WriteAsync("load", Rows("mail", "pii", ("governance.owner", "crm")));
        await using ISource source = new IcebergConnector().OpenSource(new IcebergSourceOptions { Path = _lake.Path }, new ConnectorContext { Job = "read" });
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest { Columns = [new RequestedColumn("email")] }, TestContext.Current.CancellationToken);
        DataTags tags = DataTags.Of(plan.Schema);
        Assert.Equal(("pii", "crm"), (tags.Fields["email"], tags.Governance["owner"]));
    }

    [Fact]
    public async Task Data_files_carry_the_tags_of_their_table()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await WriteAsync("load", Rows("mail", "pii", ("governance.owner", "crm")));
        var store = new RecordingStore(new LocalStore(_lake.Folder["lake"]));
        IcebergTable table = await IcebergTable.LoadAsync(new StoreCatalog(store, _lake.Folder["lake"], TimeProvider.System), TableIdentifier.OfPath("orders"), TimeProvider.System, cancellation);
        await using var files = new DataFileSet(table.Metadata, table.Files, "t", new DataFileLimits(1 << 20, 4));
        using RecordBatch batch = LakeFolder.Batch(files.Columns, [[2L, "b@c.org"]]);
        await files.WriteAsync(batch, cancellation);
        await files.FinishAsync(cancellation);
        Assert.Equal([KeyValuePair.Create("governance.owner", "crm"), KeyValuePair.Create("classification.pii", "email")], Assert.Single(store.Tags));
    }

    private static Schema Rows(string? comment, string? classification, params (string Name, string Value)[] properties)
    {
        var email = new Field("email", DataType.Utf8);
        email = comment is null ? email : email.WithMetadata(FieldMetadata.Comment, comment);
        return new Schema(
            [new Field("id", DataType.Int64), classification is null ? email : email.WithMetadata(DataTags.Classification, classification)],
            properties.ToImmutableDictionary(p => p.Name, p => p.Value));
    }

    private async Task<List<string>> WriteAsync(string job, Schema schema, Dictionary<string, string>? properties = null)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var notes = new List<string>();
        using RecordBatch batch = LakeFolder.Batch(schema, [[1L, "a@b.org"]]);
        await using ISink sink = new IcebergConnector().OpenSink(new IcebergTargetOptions { Path = _lake.Path, Properties = properties ?? [] }, new ConnectorContext { Job = job, Note = notes.Add });
        Checkpoint? last = await sink.RecoverAsync(cancellation);
        await sink.EnsureSchemaAsync(schema, SchemaEvolution.Evolve, cancellation);
        long epoch = (last?.Epoch ?? 0) + 1;
        await using ISinkWriter writer = await sink.OpenWriterAsync(new SinkRequest { Schema = schema, Mode = WriteMode.Append, RunId = $"run{epoch}", FencingToken = epoch }, cancellation);
        await writer.WriteAsync(batch, cancellation);
        await writer.CommitAsync(new Checkpoint { Job = job, Epoch = epoch, CreatedAt = DateTimeOffset.UnixEpoch, FencingToken = epoch }, cancellation);
        return notes;
    }

    private async Task SetAsync(params (string Name, string Value)[] properties)
        => await (await _lake.LoadAsync()).UpdateAsync(
            _ => new TableChange([], [new MetadataUpdate.SetProperties(properties.ToImmutableSortedDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal))]), TestContext.Current.CancellationToken);

    private async Task<TableMetadata> MetadataAsync() => (await _lake.LoadAsync()).Metadata;

    private sealed class RecordingStore(IObjectStore inner) : IObjectStore
    {
        public List<IReadOnlyList<KeyValuePair<string, string>>> Tags { get; } = [];

        public string Describe(string name) => inner.Describe(name);

        public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, Func<string, bool>? enter, CancellationToken cancellation) => inner.ListAsync(prefix, enter, cancellation);

        public ValueTask<ObjectInfo?> FindAsync(string name, CancellationToken cancellation) => inner.FindAsync(name, cancellation);

        public ValueTask<IObjectReader> OpenAsync(string name, CancellationToken cancellation) => inner.OpenAsync(name, cancellation);

        public ValueTask<IStagedObject> StageAsync(string name, CancellationToken cancellation) => inner.StageAsync(name, cancellation);

        public ValueTask<IStagedObject> StageAsync(string name, IReadOnlyList<KeyValuePair<string, string>> tags, CancellationToken cancellation)
        {
            Tags.Add(tags);
            return inner.StageAsync(name, cancellation);
        }

        public ValueTask<ObjectInfo> PutAsync(string name, ReadOnlyMemory<byte> content, PutCondition condition, CancellationToken cancellation) => inner.PutAsync(name, content, condition, cancellation);

        public ValueTask MoveAsync(string from, string to, PutCondition condition, CancellationToken cancellation) => inner.MoveAsync(from, to, condition, cancellation);

        public ValueTask DeleteAsync(string name, CancellationToken cancellation) => inner.DeleteAsync(name, cancellation);

        public ValueTask DeleteAllAsync(IEnumerable<string> names, CancellationToken cancellation) => inner.DeleteAllAsync(names, cancellation);

        public ValueTask RemoveStaleAsync(string prefix, CancellationToken cancellation) => inner.RemoveStaleAsync(prefix, cancellation);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
