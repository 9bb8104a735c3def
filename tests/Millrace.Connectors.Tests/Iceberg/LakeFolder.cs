using System.Text.Json.Nodes;
using Millrace.Connectors.Iceberg;
using Millrace.Formats;
using Millrace.Formats.Parquet;
using Millrace.Storage;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>A folder with one table, <c>lake/orders</c>, and what tests do with it.</summary>
internal sealed class LakeFolder : IDisposable
{
    private int _jobs;

    public TempFolder Folder { get; } = new(inMemory: true);

    public string Path => Folder["lake/orders"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Folder.Dispose();

    public async Task<IcebergTable> LoadAsync()
        => await IcebergTable.LoadAsync(new StoreCatalog(new LocalStore(Folder["lake"]), Folder["lake"], TimeProvider.System), TableIdentifier.OfPath("orders"), TimeProvider.System, Cancellation);

    /// <summary>Writes rows by a job of their own.</summary>
    public async Task WriteAsync(RecordBatch batch, WriteMode mode = WriteMode.Append, Func<IcebergTargetOptions, IcebergTargetOptions>? options = null)
    {
        var target = new IcebergTargetOptions { Path = Path };
        await using ISink sink = new IcebergConnector().OpenSink(options?.Invoke(target) ?? target, new ConnectorContext { Job = $"job {_jobs++}" });
        await sink.RecoverAsync(Cancellation);
        await sink.EnsureSchemaAsync(batch.Schema, SchemaEvolution.Evolve, Cancellation);
        await using ISinkWriter writer = await sink.OpenWriterAsync(new SinkRequest { Schema = batch.Schema, Mode = mode, RunId = $"run{_jobs}", FencingToken = 1 }, Cancellation);
        await writer.WriteAsync(batch, Cancellation);
        await writer.CommitAsync(new Checkpoint { Job = $"job {_jobs}", Epoch = 1, CreatedAt = DateTimeOffset.UnixEpoch }, Cancellation);
    }

    /// <summary>The rows as <see cref="ColumnText.Row"/> gives them.</summary>
    public async Task<IReadOnlyList<string>> ReadAsync(Func<IcebergSourceOptions, IcebergSourceOptions>? options = null, ReadRequest? request = null)
    {
        var source = new IcebergSourceOptions { Path = Path };
        await using ISource open = new IcebergConnector().OpenSource(options?.Invoke(source) ?? source, new ConnectorContext { Job = "read" });
        await using IReadPlan plan = await open.PlanAsync(request ?? new ReadRequest { BatchRows = 7, SplitBytes = 1 }, Cancellation);
        return await PlanReading.ReadAllAsync(plan, Cancellation);
    }

    /// <summary>Of tables of version 3: the column <c>id</c> of each row, its id for ever, and the commit that wrote it.</summary>
    public async Task<string[]> LineageAsync()
        => [.. (await ReadAsync(o => o with { RowLineage = true })).Select(r => JsonNode.Parse(r)!)
            .Select(r => $"{r["id"]} {r["_row_id"]} {r["_last_updated_sequence_number"]}").Order(StringComparer.Ordinal)];

    public async Task<int> CountSplitsAsync(params ColumnPredicate[] predicates)
    {
        await using ISource open = new IcebergConnector().OpenSource(new IcebergSourceOptions { Path = Path }, new ConnectorContext { Job = "read" });
        await using IReadPlan plan = await open.PlanAsync(new ReadRequest { Predicates = predicates }, Cancellation);
        return (await PlanReading.SplitsAsync(plan, Cancellation)).Count;
    }

    /// <summary>The live data files in the order of the manifests.</summary>
    public async Task<List<ManifestEntry>> FilesAsync()
    {
        IcebergTable table = await LoadAsync();
        var entries = new List<ManifestEntry>();
        foreach (ManifestFile manifest in table.Metadata.CurrentSnapshot is { } snapshot ? await ManifestList.ReadAsync(table.Files, snapshot, Cancellation) : [])
        {
            await foreach (ManifestEntry entry in ManifestReader.ReadAsync(table.Files, manifest, table.Metadata, Cancellation))
            {
                if (entry.IsLive)
                {
                    entries.Add(entry);
                }
            }
        }

        return entries;
    }

    /// <summary>Commits deletes of rows by their numbers in files.</summary>
    public async Task DeleteAsync(IEnumerable<(DataFile File, long Row)> rows)
    {
        IcebergTable table = await LoadAsync();
        if (table.Metadata.FormatVersion > 2)
        {
            await table.CommitAsync(new FileChange { Operation = "delete", Dead = Dead(rows) }, Cancellation);
            return;
        }

        var deletes = new List<DataFile>();
        foreach (var group in rows.GroupBy(r => (r.File.SpecId, r.File.Partition)))
        {
            var columns = new Schema(WithId(new Field("file_path", DataType.Utf8, nullable: false), 2147483546), WithId(new Field("pos", DataType.Int64, nullable: false), 2147483545));
            deletes.Add(await WriteFileAsync(table, columns, [.. group.OrderBy(r => r.File.Path, StringComparer.Ordinal).ThenBy(r => r.Row).Select(r => new object?[] { r.File.Path, r.Row })]) with
            {
                Content = FileContent.PositionDeletes,
                SpecId = group.Key.SpecId,
                Partition = group.Key.Partition,
            });
        }

        await table.CommitAsync(new FileChange { Operation = "delete", AddedDeletes = deletes }, Cancellation);
    }

    /// <summary>Commits a delete, in the whole table, of the rows that have one of some keys.</summary>
    public async Task DeleteAsync(IReadOnlyList<int> fieldIds, IReadOnlyList<object?[]> keys)
    {
        IcebergTable table = await LoadAsync();
        var columns = new Schema(fieldIds.Select(id => TypeMapping.ToColumn(table.Metadata.Schema.Find(id)!)));
        DataFile file = await WriteFileAsync(table, columns, keys) with { Content = FileContent.EqualityDeletes, EqualityIds = fieldIds, SpecId = await UnpartitionedAsync(table) };
        await table.CommitAsync(new FileChange { Operation = "delete", AddedDeletes = [file] }, Cancellation);
    }

    /// <summary>Rows by their numbers in files as a commit takes them.</summary>
    public static IReadOnlyList<DeadRows> Dead(IEnumerable<(DataFile File, long Row)> rows)
        => [.. rows.GroupBy(r => r.File.Path).Select(g =>
        {
            var dead = new DeadRows(g.First().File, new RowMarks(g.First().File.Rows));
            g.ToList().ForEach(r => dead.Rows.Set(r.Row));
            return dead;
        })];

    /// <summary>A batch of rows in the forms of <see cref="SingleValue"/>.</summary>
    public static RecordBatch Batch(Schema columns, IReadOnlyList<object?[]> rows)
    {
        var made = new Column[columns.Count];
        for (int c = 0; c < made.Length; c++)
        {
            using ColumnBuilder builder = ColumnBuilder.Create(columns[c].Type);
            foreach (object?[] row in rows)
            {
                ColumnValue.Append(builder, row[c]);
            }

            made[c] = builder.Build();
        }

        return new RecordBatch(columns, rows.Count, made);
    }

    private static async Task<int> UnpartitionedAsync(IcebergTable table)
    {
        if (table.Metadata.Specs.FirstOrDefault(s => s.Fields.Count == 0) is { } there)
        {
            return there.Id;
        }

        await table.UpdateAsync(_ => new TableChange([], [new MetadataUpdate.AddSpec(PartitionSpec.Unpartitioned)]), Cancellation);
        return table.Metadata.Specs.First(s => s.Fields.Count == 0).Id;
    }

    private static async Task<DataFile> WriteFileAsync(IcebergTable table, Schema columns, IReadOnlyList<object?[]> rows)
    {
        string path = table.Files.PathOf($"data/{Guid.NewGuid()}-deletes.parquet");
        string file = table.Files.NameOf(path);
        using var content = new MemoryStream();
        await using (var writer = new ParquetWriter(new StreamByteTarget(content), columns, new ParquetOptions()))
        {
            using RecordBatch batch = Batch(columns, rows);
            await writer.WriteAsync(batch, Cancellation);
            await writer.FinishAsync(Cancellation);
        }

        await table.Files.Store.PutAsync(file, content.ToArray(), PutCondition.IfAbsent, Cancellation);
        return new DataFile { Path = path, Rows = rows.Count, Bytes = content.Length };
    }

    private static Field WithId(Field field, int id) => field.WithMetadata(FieldMetadata.FieldId, id.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
