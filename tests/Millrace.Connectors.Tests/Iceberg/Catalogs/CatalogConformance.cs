using System.Collections.Immutable;
using System.Globalization;
using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

[Trait("speed", "slow")]
public sealed class RestCatalogConformanceTests : CatalogConformance
{
    private protected override CatalogHarness NewHarness() => new RestHarness();
}

[Trait("speed", "slow")]
public sealed class SqlCatalogConformanceTests : CatalogConformance
{
    private protected override CatalogHarness NewHarness() => new SqlHarness();
}

[Trait("speed", "slow")]
public sealed class GlueCatalogConformanceTests : CatalogConformance
{
    private protected override CatalogHarness NewHarness() => new GlueHarness();
}

/// <summary>What every catalog has to do, whatever keeps its tables.</summary>
public abstract class CatalogConformance : IDisposable
{
    private const int Writers = 8;
    private const int Commits = 4;

    private static readonly TableSchema Columns = new(0, [new(1, "id", true, IcebergType.Long), new(2, "day", false, IcebergType.Date)]);

    private readonly Lazy<CatalogHarness> _harness;

    protected CatalogConformance() => _harness = new Lazy<CatalogHarness>(NewHarness);

    private CatalogHarness Harness => _harness.Value;

    private TableIdentifier Orders => new(Harness.Namespace, "orders");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected abstract CatalogHarness NewHarness();

    public void Dispose()
    {
        if (_harness.IsValueCreated)
        {
            Harness.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_table_is_made_found_listed_and_dropped()
    {
        await using ICatalog catalog = Harness.Open();
        Assert.Null(await catalog.LoadAsync(Orders, Cancellation));
        Assert.Empty(await catalog.ListAsync(Cancellation).ToListAsync(Cancellation));
        Assert.False(await catalog.DropAsync(Orders, Cancellation));
        var definition = new NewTable(Columns, new PartitionSpec(0, [new SpecField(2, 1000, "month", Transform.Parse("month"))])) { Properties = new Dictionary<string, string> { ["owner"] = "me" } };
        LoadedTable made = await catalog.CreateAsync(Orders, definition, Cancellation);

        await using ICatalog other = Harness.Open();
        LoadedTable found = (await other.LoadAsync(Orders, Cancellation))!;
        Assert.Equal((made.Metadata.TableUuid, made.MetadataFile, 2), (found.Metadata.TableUuid, found.MetadataFile, found.Metadata.FormatVersion));
        Assert.Equal("me", found.Metadata.Properties["owner"]);
        Assert.True(found.Metadata.Schema.SameColumns(Columns));
        Assert.True(found.Metadata.Spec.SameFields(definition.Spec));
        Assert.Equal([Orders], await other.ListAsync(Cancellation).ToListAsync(Cancellation));
        Assert.Equal("MR3410", await CodeAsync(() => other.CreateAsync(Orders, definition, Cancellation)));
        Assert.True(await other.DropAsync(Orders, Cancellation));
        Assert.Null(await catalog.LoadAsync(Orders, Cancellation));
        Assert.False(await catalog.DropAsync(Orders, Cancellation));
    }

    [Fact]
    public async Task Of_several_that_make_a_table_at_once_one_does()
    {
        string?[] ends = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            await using ICatalog catalog = Harness.Open();
            return await CodeAsync(() => catalog.CreateAsync(Orders, new NewTable(Columns, PartitionSpec.Unpartitioned), Cancellation));
        }, Cancellation)));
        Assert.Equal([null, "MR3410", "MR3410", "MR3410"], ends.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_change_of_metadata_is_there_for_the_next_who_loads()
    {
        await using ICatalog catalog = Harness.Open();
        IcebergTable table = await NewTableAsync(catalog);
        Snapshot first = await table.CommitAsync(FileChange.Append([FileOf(table, "a")]), Cancellation);
        Snapshot second = await table.CommitAsync(FileChange.Append([FileOf(table, "b")]), Cancellation);
        await table.UpdateAsync(m =>
        {
            SchemaUpdate update = new SchemaUpdate(m.Schema, m.LastColumnId).Add(null, "note", IcebergType.String);
            return new TableChange(
                [
                    new MetadataRequirement.LastColumnIdIs(m.LastColumnId), new MetadataRequirement.CurrentSchemaIs(m.CurrentSchemaId), new MetadataRequirement.LastPartitionIdIs(m.LastPartitionId),
                    new MetadataRequirement.DefaultSpecIs(m.DefaultSpecId), new MetadataRequirement.RefAt("main", second.Id), new MetadataRequirement.RefAt("none", null), new MetadataRequirement.SameTable(m.TableUuid),
                ],
                [
                    new MetadataUpdate.AddSchema(update.Result, update.LastColumnId), new MetadataUpdate.SetCurrentSchema(null),
                    new MetadataUpdate.AddSpec(new PartitionSpec(0, [new SpecField(2, 1000, "day", Transform.Identity)])), new MetadataUpdate.SetDefaultSpec(null),
                    new MetadataUpdate.AddSortOrder(new SortOrder(1, [new SortField(1, Transform.Identity, true, false)])), new MetadataUpdate.SetDefaultSortOrder(null),
                    new MetadataUpdate.SetProperties(ImmutableSortedDictionary<string, string>.Empty.Add("a", "1").Add("b", "2")), new MetadataUpdate.RemoveProperties(["a"]),
                    new MetadataUpdate.SetRef("audit", new SnapshotRef(first.Id, IsBranch: false) { MaxRefAgeMs = 1000 }), new MetadataUpdate.SetRef("old", new SnapshotRef(first.Id, IsBranch: true)), new MetadataUpdate.RemoveRef("old"),
                    new MetadataUpdate.SetStatistics(new StatisticsEntry(second.Id, $$"""{"snapshot-id":{{second.Id}},"statistics-path":"x","file-size-in-bytes":1,"file-footer-size-in-bytes":1,"blob-metadata":[]}""")),
                ]);
        }, Cancellation);

        await using ICatalog other = Harness.Open();
        TableMetadata read = (await other.LoadAsync(Orders, Cancellation))!.Metadata;
        Assert.Equal((1, 3, 1, 1000, 1), (read.CurrentSchemaId, read.LastColumnId, read.DefaultSpecId, read.LastPartitionId, read.DefaultSortOrderId));
        Assert.Equal(["id", "day", "note"], read.Schema.Fields.Select(f => f.Name));
        Assert.Equal((false, true), (read.Properties.ContainsKey("a"), read.Properties.ContainsKey("b")));
        Assert.Equal(["audit", "main"], read.Refs.Keys);
        Assert.Equal((first.Id, false, 1000L), (read.Refs["audit"].SnapshotId, read.Refs["audit"].IsBranch, read.Refs["audit"].MaxRefAgeMs));
        Assert.Equal((second.Id, first.Id, 2L), (read.CurrentSnapshotId, read.CurrentSnapshot!.ParentId, read.CurrentSnapshot.SequenceNumber));
        Assert.Equal([second.Id], read.Statistics.Select(s => s.SnapshotId));

        IcebergTable again = await IcebergTable.LoadAsync(other, Orders, TimeProvider.System, Cancellation);
        await again.UpdateAsync(
            m => new TableChange([], [new MetadataUpdate.RemoveStatistics(second.Id), new MetadataUpdate.RemoveRef("audit"), new MetadataUpdate.RemoveSnapshots([first.Id]), new MetadataUpdate.UpgradeFormat(2)]), Cancellation);
        Assert.Equal([second.Id], (await catalog.LoadAsync(Orders, Cancellation))!.Metadata.Snapshots.Select(s => s.Id));
    }

    [Fact]
    public async Task A_commit_to_a_table_that_has_changed_is_refused_and_changes_nothing()
    {
        await using ICatalog catalog = Harness.Open();
        IcebergTable table = await NewTableAsync(catalog);
        LoadedTable stale = (await catalog.LoadAsync(Orders, Cancellation))!;
        await table.CommitAsync(FileChange.Append([FileOf(table, "a")]), Cancellation);
        TableChange change = await new SnapshotProducer(stale.Files, FileChange.Append([FileOf(table, "b")])).PrepareAsync(stale.Metadata, DateTimeOffset.UtcNow, Cancellation);
        Assert.Equal("MR3411", await CodeAsync(() => catalog.CommitAsync(Orders, stale, change, Cancellation)));
        Assert.Equal("1", (await catalog.LoadAsync(Orders, Cancellation))!.Metadata.CurrentSnapshot!.Summary["total-data-files"]);

        await catalog.DropAsync(Orders, Cancellation);
        Assert.Equal("MR3411", await CodeAsync(() => catalog.CommitAsync(Orders, stale, change, Cancellation)));
    }

    [Fact]
    public async Task Eight_writers_lose_no_commit_and_leave_a_line_of_snapshots()
    {
        await using (ICatalog catalog = Harness.Open())
        {
            await NewTableAsync(catalog);
        }

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(w => Task.Run(async () =>
        {
            await using ICatalog catalog = Harness.Open();
            IcebergTable table = await IcebergTable.LoadAsync(catalog, Orders, TimeProvider.System, Cancellation);
            for (int i = 0; i < Commits; i++)
            {
                await table.CommitAsync(FileChange.Append([FileOf(table, $"{w}-{i}")]), Cancellation);
            }
        }, Cancellation)));

        await using ICatalog last = Harness.Open();
        IcebergTable end = await IcebergTable.LoadAsync(last, Orders, TimeProvider.System, Cancellation);
        List<Snapshot> line = [.. end.Metadata.AncestorsOf(end.Metadata.CurrentSnapshotId)];
        Assert.Equal(Enumerable.Range(1, Writers * Commits).Select(i => (long)i), line.Select(s => s.SequenceNumber).Reverse());
        var files = new List<string>();
        foreach (ManifestFile manifest in await ManifestList.ReadAsync(end.Files, end.Metadata.CurrentSnapshot!, Cancellation))
        {
            await foreach (ManifestEntry entry in ManifestReader.ReadAsync(end.Files, manifest, end.Metadata, Cancellation))
            {
                files.Add(entry.File.Path[(entry.File.Path.LastIndexOf('/') + 1)..]);
            }
        }

        Assert.Equal(Enumerable.Range(0, Writers).SelectMany(w => Enumerable.Range(0, Commits).Select(i => $"{w}-{i}")), files.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("O'Brien; DROP TABLE iceberg_tables --")]
    [InlineData("a/b%2F?c=d&e#f")]
    [InlineData("\"quoted\"")]
    [InlineData("dot.in.it")]
    [InlineData("größe_表_🚢")]
    [InlineData("$1{stream}\\n")]
    public async Task A_hostile_name_is_a_name_as_any_other(string name)
    {
        await using ICatalog catalog = Harness.Open();
        var table = new TableIdentifier([.. Harness.Namespace.Select((p, i) => i == 0 ? p + name.Replace(".", "", StringComparison.Ordinal) : p)], name);
        Assert.Equal(table, TableIdentifier.Parse(table.ToString()));
        LoadedTable made = await catalog.CreateAsync(table, new NewTable(Columns, PartitionSpec.Unpartitioned), Cancellation);
        await new IcebergTable(catalog, table, made, TimeProvider.System).UpdateAsync(_ => new TableChange([], [new MetadataUpdate.SetProperties(ImmutableSortedDictionary<string, string>.Empty.Add(name, name))]), Cancellation);
        Assert.Equal(name, (await catalog.LoadAsync(table, Cancellation))!.Metadata.Properties[name]);
        Assert.Equal([table], await catalog.ListAsync(Cancellation).ToListAsync(Cancellation));
        Assert.True(await catalog.DropAsync(table, Cancellation));
    }

    [Fact]
    public async Task Tables_are_listed_in_order_over_all_namespaces_and_pages()
    {
        await using ICatalog catalog = Harness.Open();
        var names = new List<TableIdentifier>();
        foreach (string space in new[] { "b", "a" })
        {
            for (int i = 6; i >= 0; i--)
            {
                var name = new TableIdentifier([.. Harness.Namespace.SkipLast(1), space], string.Create(CultureInfo.InvariantCulture, $"t{i}"));
                await catalog.CreateAsync(name, new NewTable(Columns, PartitionSpec.Unpartitioned), Cancellation);
                names.Add(name);
            }
        }

        Assert.Equal(names.OrderBy(n => n.ToString(), StringComparer.Ordinal), await catalog.ListAsync(Cancellation).ToListAsync(Cancellation));
    }

    [Fact]
    public async Task A_job_writes_what_another_reads_as_a_stream_of_the_catalog()
    {
        var columns = new Schema(new Field("id", DataType.Int64), new Field("name", DataType.Utf8));
        using RecordBatch batch = LakeFolder.Batch(columns, [[1L, "a"], [2L, null]]);
        await using (ISink sink = new IcebergConnector().OpenSink(Harness.Target(Orders.ToString()), new ConnectorContext { Job = "job" }))
        {
            CheckReport check = await sink.CheckAsync(Cancellation);
            Assert.True(check.Ok, string.Join("\n", check.Findings.Select(f => f.Detail)));
            Assert.Null(await sink.RecoverAsync(Cancellation));
            await using ISinkWriter writer = await sink.OpenWriterAsync(new SinkRequest { Schema = columns, RunId = "run" }, Cancellation);
            await writer.WriteAsync(batch, Cancellation);
            await writer.CommitAsync(new Checkpoint { Job = "job", Epoch = 1, CreatedAt = DateTimeOffset.UnixEpoch }, Cancellation);
        }

        await using ISource all = new IcebergConnector().OpenSource(Harness.Source(null), new ConnectorContext { Job = "read" });
        StreamDescription stream = Assert.Single(await all.DiscoverAsync(Cancellation).ToListAsync(Cancellation));
        Assert.Equal((Orders.ToString(), 2L), (stream.Name, stream.Rows));
        Assert.True((await all.CheckAsync(Cancellation)).Ok);
        await using (IReadPlan rows = await all.PlanAsync(new ReadRequest { Stream = stream.Name }, Cancellation))
        {
            PlanReading.AssertSameRows(["""{"id":1,"name":"a"}""", """{"id":2,"name":null}"""], await PlanReading.ReadAllAsync(rows, Cancellation));
        }

        await using (IReadPlan snapshots = await all.PlanAsync(new ReadRequest { Stream = stream.Name + "$snapshots" }, Cancellation))
        {
            Assert.Single(await PlanReading.ReadAllAsync(snapshots, Cancellation));
        }

        Assert.Equal("MR3419", await CodeAsync(async () => await all.PlanAsync(new ReadRequest(), Cancellation)));
        MillraceException missing = await Assert.ThrowsAsync<MillraceException>(async () => await all.PlanAsync(new ReadRequest { Stream = string.Join('.', Harness.Namespace.Append("none")) }, Cancellation));
        Assert.Equal("MR3413", missing.Code.Id);
        Assert.Contains("discover", missing.Hint, StringComparison.Ordinal);
    }

    private static async Task<string?> CodeAsync<T>(Func<ValueTask<T>> act)
    {
        try
        {
            await act();
            return null;
        }
        catch (MillraceException e)
        {
            return e.Code.Id;
        }
    }

    private async Task<IcebergTable> NewTableAsync(ICatalog catalog)
        => new(catalog, Orders, await catalog.CreateAsync(Orders, new NewTable(Columns, PartitionSpec.Unpartitioned), Cancellation), TimeProvider.System);

    private static DataFile FileOf(IcebergTable table, string name) => new() { Path = table.Files.PathOf($"data/{name}"), Rows = 1, Bytes = 100 };
}
