using System.Globalization;
using System.Text.Json.Nodes;
using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>
/// Any sequence of appends, overwrites, deletes, changes of schema and spec, compactions, expiries, rollbacks, tags and rewritten manifests
/// leaves the rows of a model. <c>MILLRACE_LAKE_STEPS</c> makes the sequences longer.
/// </summary>
[Specification("Delete Formats: Position Delete Files")]
[Specification("Delete Formats: Equality Delete Files")]
[Specification("Schema Evolution")]
[Specification("Partition Evolution")]
[Specification("Column Projection")]
[Trait("speed", "slow")]
public sealed class TableModelTests
{
    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    [InlineData(4, 2)]
    [InlineData(5, 2)]
    [InlineData(6, 2)]
    [InlineData(1, 3)]
    [InlineData(2, 3)]
    [InlineData(3, 3)]
    [InlineData(4, 3)]
    [Specification("Row Lineage")]
    [Specification("Delete Formats: Deletion Vectors")]
    public Task A_table_equals_its_model_after_every_step(int seed, int version) => LeakCheck.RunAsync(async () =>
    {
        using var lake = new LakeFolder();
        var model = new Model(lake, new Random(20260722 + seed), version);
        await model.StartAsync();
        int steps = int.TryParse(Environment.GetEnvironmentVariable("MILLRACE_LAKE_STEPS"), CultureInfo.InvariantCulture, out int asked) ? asked : 25;
        for (int step = 0; step < steps; step++)
        {
            await model.StepAsync();
        }

        await model.CheckPastAsync();
    });

    private sealed class Model(LakeFolder lake, Random random, int version)
    {
        // Of version 3: what tells a row apart for ever and the commit that wrote it, by the row's id.
        private readonly Dictionary<long, (long RowId, long Changed)> _lineage = [];

        // Values by field id.
        private readonly List<Dictionary<int, object?>> _rows = [];
        private readonly List<(long Snapshot, List<string> Rows)> _past = [];
        private readonly List<string> _done = [];
        private readonly Dictionary<long, List<Dictionary<int, object?>>> _states = [];
        private long _nextId;
        private int _nextColumn;

        private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

        public async Task StartAsync()
        {
            var columns = new Schema(new Field("id", DataType.Int64, nullable: false), new Field("name", DataType.Utf8), new Field("qty", DataType.Int32));
            using RecordBatch none = LakeFolder.Batch(columns, []);
            await lake.WriteAsync(none, options: o => o with { FormatVersion = version });
            await (await lake.LoadAsync()).UpdateAsync(
                m => new TableChange([], [new MetadataUpdate.SetProperties(m.Properties.SetItem("commit.manifest.min-count-to-merge", random.Next(2, 6).ToString(CultureInfo.InvariantCulture)))]), Cancellation);
        }

        public async Task StepAsync()
        {
            int kind = random.Next(18);
            _done.Add(kind.ToString(CultureInfo.InvariantCulture));
            switch (kind)
            {
                case 0 or 1 or 2 or 3:
                    await WriteAsync(WriteMode.Append);
                    break;
                case 4:
                    await WriteAsync(WriteMode.Overwrite);
                    break;
                case 5 or 6:
                    await DeleteRowsAsync();
                    break;
                case 7:
                    await DeleteKeysAsync();
                    break;
                case 8 or 9 or 10:
                    await ChangeSchemaAsync();
                    break;
                case 11:
                    await ChangeSpecAsync();
                    break;
                default:
                    await LookAfterAsync(kind);
                    break;
            }

            PlanReading.AssertSameRows(Expected((await lake.LoadAsync()).Metadata.Schema), await lake.ReadAsync());
            TableMetadata table = (await lake.LoadAsync()).Metadata;
            Assert.Equal(version, table.FormatVersion);
            if (version > 2)
            {
                await CheckLineageAsync(table);
            }

            _states[table.CurrentSnapshotId!.Value] = [.. _rows.Select(r => new Dictionary<int, object?>(r))];
            _past.Add((table.CurrentSnapshotId!.Value, [.. Expected(table.SchemaOf(table.CurrentSnapshot!.SchemaId!.Value)!)]));
        }

        /// <summary>Every snapshot that is left still gives the rows that it had.</summary>
        public async Task CheckPastAsync()
        {
            TableMetadata table = await lake.MetadataAsync();
            foreach ((long snapshot, List<string> rows) in _past.Where(p => table.SnapshotOf(p.Snapshot) is not null).GroupBy(p => p.Snapshot).Select(g => g.First()))
            {
                PlanReading.AssertSameRows(rows, await lake.ReadAsync(o => o with { SnapshotId = snapshot }));
            }

            await lake.AssertWholeAsync();
        }

        // Nothing here changes a row that is there, so it keeps its id and number whatever file it goes to.
        private async Task CheckLineageAsync(TableMetadata table)
        {
            var given = new HashSet<long>();
            foreach (string text in await lake.ReadAsync(o => o with { RowLineage = true }))
            {
                JsonNode row = JsonNode.Parse(text.Replace("NaN", "null", StringComparison.Ordinal))!;
                (long RowId, long Changed) lineage = ((long)row["_row_id"]!, (long)row["_last_updated_sequence_number"]!);
                Assert.True(given.Add(lineage.RowId), $"{string.Join(' ', _done)}: two rows have the id {lineage.RowId}");
                Assert.InRange(lineage.RowId, 0, table.NextRowId!.Value - 1);
                if (!_lineage.TryAdd((long)row["id"]!, lineage))
                {
                    Assert.Equal((string.Join(' ', _done), _lineage[(long)row["id"]!]), (string.Join(' ', _done), lineage));
                }
            }

            List<DataFile> files = [.. (await lake.FilesAsync()).Select(e => e.File)];
            Assert.Empty(files.Where(f => f.IsVector).Select(f => f.ReferencedFile).Except(files.Where(f => f.Content == FileContent.Data).Select(f => f.Path)));
            Assert.DoesNotContain(files, f => f.Content == FileContent.PositionDeletes && !f.IsVector);
        }

        // None of these changes the rows, but the rollback, which the model follows.
        private async Task LookAfterAsync(int kind)
        {
            await using TableMaintenance table = lake.Open();
            switch (kind)
            {
                case 12 or 13:
                    await table.CompactAsync(new CompactionOptions { All = random.Next(3) == 0, CommitBytes = random.Next(2) == 0 ? 1 : 1 << 30, Sort = random.Next(2) == 0 ? "id desc" : null }, Cancellation);
                    break;
                case 14:
                    await table.ExpireAsync(new ExpiryOptions { OlderThan = DateTimeOffset.MaxValue, RetainLast = random.Next(1, 5) }, Cancellation);
                    break;
                case 15:
                    List<Snapshot> line = [.. (await lake.MetadataAsync()).AncestorsOf((await lake.MetadataAsync()).CurrentSnapshotId)];
                    int steps = random.Next(1, 4);
                    if (steps < line.Count && _states.TryGetValue(line[steps].Id, out List<Dictionary<int, object?>>? state))
                    {
                        await table.RollbackAsync(new RollbackRequest { Steps = steps }, Cancellation);
                        _rows.Clear();
                        _rows.AddRange(state.Select(r => new Dictionary<int, object?>(r)));
                        Widen((await lake.MetadataAsync()).Schema);
                    }

                    break;
                case 16:
                    await table.RewriteManifestsAsync(new ManifestOptions { TargetBytes = random.Next(2) == 0 ? 1 : null }, Cancellation);
                    await table.RemoveOrphansAsync(new OrphanOptions { OlderThan = TimeSpan.FromTicks(1), Force = true }, Cancellation);
                    break;
                default:
                    await table.ChangeAsync(new ReferenceRequest($"tag {random.Next(1000)}{_done.Count}", IsBranch: false, ReferenceAction.Create), Cancellation);
                    break;
            }
        }

        private async Task WriteAsync(WriteMode mode)
        {
            TableSchema schema = (await lake.LoadAsync()).Metadata.Schema;
            var rows = new List<object?[]>();
            if (mode == WriteMode.Overwrite)
            {
                _rows.Clear();
            }

            for (int i = random.Next(1, 40); i > 0; i--)
            {
                object?[] values = [.. schema.Fields.Select(Value)];
                rows.Add(values);
                _rows.Add(schema.Fields.Select((f, c) => (f.Id, Value: values[c])).ToDictionary(v => v.Id, v => v.Value));
            }

            using RecordBatch batch = LakeFolder.Batch(TypeMapping.ToColumns(schema), rows);
            await lake.WriteAsync(batch, mode, o => o with { MaxOpenFiles = 3 });
        }

        private object? Value(IcebergField field)
        {
            if (field.Id == 1)
            {
                return _nextId++;
            }

            return random.Next(4) == 0 ? null : ((IcebergPrimitive)field.Type).Kind switch
            {
                IcebergKind.Int => random.Next(-50, 50),
                IcebergKind.Long => random.NextInt64(-50, 50),
                IcebergKind.Double => random.Next(5) == 0 ? double.NaN : random.Next(100) / 4.0,
                IcebergKind.Date => random.Next(-400, 400),
                _ => $"v{random.Next(30)}",
            };
        }

        // By place: the ids of the rows in a file tell which rows of the model they are.
        private async Task DeleteRowsAsync()
        {
            List<ManifestEntry> files = [.. (await lake.FilesAsync()).Where(e => e.File.Content == FileContent.Data)];
            var gone = new List<(DataFile, long)>();
            foreach (ManifestEntry entry in files.Where(_ => random.Next(2) == 0))
            {
                IReadOnlyList<long> ids = await IdsAsync(entry.File);
                for (int row = 0; row < ids.Count; row++)
                {
                    if (random.Next(4) == 0)
                    {
                        gone.Add((entry.File, row));
                        _rows.RemoveAll(r => Equals(r[1], ids[row]));
                    }
                }
            }

            if (gone.Count > 0)
            {
                await lake.DeleteAsync(gone);
            }
        }

        private async Task DeleteKeysAsync()
        {
            TableSchema schema = (await lake.LoadAsync()).Metadata.Schema;
            IcebergField field = schema.Fields[random.Next(schema.Fields.Count)];
            object?[] keys = [.. _rows.Where(_ => random.Next(6) == 0).Select(r => r.GetValueOrDefault(field.Id)).DistinctBy(v => v ?? "null")];
            if (keys.Length == 0)
            {
                return;
            }

            await lake.DeleteAsync([field.Id], [.. keys.Select(k => new object?[] { k })]);
            _rows.RemoveAll(r => keys.Any(k => SingleValue.AreEqual(k, r.GetValueOrDefault(field.Id))));
        }

        private async Task ChangeSchemaAsync()
        {
            IcebergTable table = await lake.LoadAsync();
            int choice = random.Next(5);
            string name = $"c{_nextColumn++}";
            int victim = random.Next(100);
            await table.UpdateAsync(m =>
            {
                var update = new SchemaUpdate(m.Schema, m.LastColumnId);
                List<string> others = [.. m.Schema.Fields.Where(f => f.Id != 1 && m.Specs.All(s => s.Fields.All(p => p.SourceId != f.Id))).Select(f => f.Name)];
                string? chosen = others.Count == 0 ? null : others[victim % others.Count];
                switch (choice)
                {
                    case 0 or 1:
                        update.Add(null, name, (victim % 4) switch { 0 => IcebergType.Int, 1 => IcebergType.String, 2 => IcebergType.Double, _ => IcebergType.Date });
                        break;
                    case 2 when chosen is not null:
                        update.Rename(chosen, name);
                        break;
                    case 3 when chosen is not null && others.Count > 1:
                        update.Drop(chosen);
                        break;
                    case 4 when chosen is not null:
                        update.Move(chosen, m.Schema.Fields[0].Name);
                        if (update.Result.Find(chosen)!.Type.Equals(IcebergType.Int))
                        {
                            update.Widen(chosen, IcebergType.Long);
                        }

                        break;
                }

                return update.HasChanges
                    ? new TableChange([new MetadataRequirement.CurrentSchemaIs(m.CurrentSchemaId)], [new MetadataUpdate.AddSchema(update.Result, update.LastColumnId), new MetadataUpdate.SetCurrentSchema(null)])
                    : new TableChange([], []);
            }, Cancellation);

            Widen(table.Metadata.Schema);
        }

        // What was written as a narrower number is read as a wider one.
        private void Widen(TableSchema schema)
        {
            foreach (IcebergField field in schema.Fields.Where(f => f.Type.Equals(IcebergType.Long)))
            {
                foreach (Dictionary<int, object?> row in _rows.Where(r => r.GetValueOrDefault(field.Id) is int))
                {
                    row[field.Id] = (long)(int)row[field.Id]!;
                }
            }
        }

        private async Task ChangeSpecAsync()
        {
            IcebergTable table = await lake.LoadAsync();
            int choice = random.Next(3);
            await table.UpdateAsync(
                m => new TableChange(
                    [],
                    [
                        new MetadataUpdate.AddSpec(new PartitionSpec(0, choice switch
                        {
                            0 => [],
                            1 => [new SpecField(1, m.LastPartitionId + 1, "b", Transform.Parse("bucket[3]"))],
                            _ => [new SpecField(1, m.LastPartitionId + 1, "t", Transform.Parse("truncate[20]"))],
                        })),
                        new MetadataUpdate.SetDefaultSpec(null),
                    ]),
                Cancellation);
        }

        private static async Task<IReadOnlyList<long>> IdsAsync(DataFile file)
        {
            var format = new Formats.Parquet.ParquetFormat();
            await using var source = new Formats.FileByteSource(file.Path);
            Formats.FileInspection inspection = await format.InspectAsync(source, new Formats.Parquet.ParquetOptions(), Cancellation);
            Field id = inspection.Schema.Fields.Single(f => f.Metadata[FieldMetadata.FieldId] == "1");
            await using Formats.IBatchReader reader = format.OpenReader(source, inspection, new Formats.FileReadRequest { Columns = new Schema(id), Range = Formats.FileRange.Whole(source.Length) });
            var ids = new List<long>();
            while (await reader.ReadAsync(Cancellation) is { } batch)
            {
                using (batch)
                {
                    ids.AddRange(((FixedColumn<long>)batch[0]).Values);
                }
            }

            return ids;
        }

        private IEnumerable<string> Expected(TableSchema schema)
        {
            if (_rows.Count == 0)
            {
                return [];
            }

            using RecordBatch batch = LakeFolder.Batch(TypeMapping.ToColumns(schema), [.. _rows.Select(r => schema.Fields.Select(f => Narrowed(f, r.GetValueOrDefault(f.Id))).ToArray())]);
            return ColumnText.Rows(batch);
        }

        // A snapshot of the past has the types of its time.
        private static object? Narrowed(IcebergField field, object? value)
            => field.Type.Equals(IcebergType.Int) && value is long wide ? (int)wide : value;
    }
}
