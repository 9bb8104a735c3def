using System.Globalization;
using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.Iceberg;

/// <summary>Writes an Iceberg table, exactly once: each epoch is one snapshot that holds the rows and the checkpoint.</summary>
internal sealed class IcebergSink(IcebergPlace place, IcebergTargetOptions options, ConnectorContext context) : ISink
{
    private const int DefaultVersion = 2;

    private readonly JobSnapshots _job = new(context.Tenant == "default" ? context.Job : $"{context.Tenant}/{context.Job}", options.Branch);
    private SchemaEvolution _evolution;

    // What the run goes on from: what was recovered, or what a writer of this sink has committed since.
    private bool _hasRecovered;
    private JobMark? _recovered;
    private JobCommitter? _commits;

    /// <summary>Most bytes of rows that are merged at once.</summary>
    internal long BlockSize { get; set; } = MergeWriter.BlockBytes;

    public DeliveryGuarantee Guarantee => DeliveryGuarantee.ExactlyOnce;

    public string? Remote => place.Catalog.Remote;

    /// <summary>Parts of a table are replaced as a whole, so their rows have to be all there.</summary>
    public bool CommitsOnce => options.Replaces != IcebergReplaces.Table;

    /// <summary>Every epoch makes files and a snapshot, so it should last long enough for more than a few rows.</summary>
    public TimeSpan SuggestedWindow => TimeSpan.FromSeconds(30);

    public ICheckpointLog? Commits => CommitsOnce ? null : new IcebergCommits(place, _job, options.Branch);

    public async ValueTask<CheckReport> CheckAsync(CancellationToken cancellation)
    {
        string subject = $"write {place.Path}";
        try
        {
            IcebergTable? table = await place.FindAsync(cancellation).ConfigureAwait(false);
            if (table is not null && options.IfExists == IfExists.Error && table.Metadata.SnapshotOf(options.Branch) is not null)
            {
                return CheckReport.Of(CheckFinding.Fail(subject, NotEmpty()));
            }

            return CheckReport.Of(CheckFinding.Pass(subject, table is null
                ? string.Create(CultureInfo.InvariantCulture, $"a new table of format version {options.FormatVersion ?? DefaultVersion}")
                : string.Create(CultureInfo.InvariantCulture, $"a table of format version {table.Metadata.FormatVersion} with {table.Metadata.Snapshots.Count} snapshots")));
        }
        catch (MillraceException e)
        {
            return CheckReport.Of(CheckFinding.Fail(subject, e));
        }
    }

    public async ValueTask<Checkpoint?> RecoverAsync(CancellationToken cancellation)
    {
        _hasRecovered = true;
        _recovered = null;
        _commits = null;
        if (await place.FindAsync(cancellation).ConfigureAwait(false) is not { } table)
        {
            return null;
        }

        await table.Files.Store.RemoveStaleAsync(table.Files.Inside(""), cancellation).ConfigureAwait(false);
        _recovered = _job.Last(table.Metadata);
        return !CommitsOnce && _recovered is { } last ? await last.CheckpointAsync(table.Files, cancellation).ConfigureAwait(false) : null;
    }

    /// <summary>The table is made or changed when the writer is opened, which knows the rows.</summary>
    public ValueTask EnsureSchemaAsync(Schema schema, SchemaEvolution evolution, CancellationToken cancellation)
    {
        _evolution = evolution;
        return ValueTask.CompletedTask;
    }

    public async ValueTask<ISinkWriter> OpenWriterAsync(SinkRequest request, CancellationToken cancellation)
    {
        bool merges = request.Mode.IsByKey();
        var rules = MergeRules.Of(request, options.Deletes);
        if (request.RemovesMissing)
        {
            await place.RequireAsync(cancellation).ConfigureAwait(false);
        }

        IcebergTable table = await OpenTableAsync(merges ? rules.ColumnsOf(request.Schema, place.Path) : request.Schema, merges && !rules.KeepsVersions ? request.Key : [], cancellation).ConfigureAwait(false);
        if (_hasRecovered && !CommitsOnce)
        {
            _job.RequireKnown(table.Metadata, _commits is null ? _recovered : _commits.Last, place.Path);
        }

        bool isEmpty = table.Metadata.SnapshotOf(options.Branch) is null;
        if (!isEmpty && options.IfExists == IfExists.Error && !request.Resumes)
        {
            throw NotEmpty();
        }

        bool replaces = !request.Resumes && !isEmpty && (request.Mode == WriteMode.Overwrite || options.IfExists == IfExists.Replace);
        JobCommitter commits = _commits = new JobCommitter(table, _job, request, new DataFileLimits(options.TargetFileSize.Bytes, options.MaxOpenFiles), options.Branch, Upkeep(table));
        if (request.Mode == WriteMode.Overwrite && options.Replaces == IcebergReplaces.Filter)
        {
            return new FilterWriter(commits, place.Path, options.Filter ?? throw IcebergErrors.BadFilter.Error("`replaces: filter` needs a `filter`.", ErrorPlace.InFile(place.Path)));
        }

        if (!merges)
        {
            return new IcebergWriter(commits, place.Path, replaces ? options.Replaces : null);
        }

        MergeTarget target = MergeTarget.Of(table, request.Key, place.Path);
        return new MergeWriter(commits, target, rules, RowChangesChoice.Of(options.RowChanges, table.Metadata, rules, target.KeyFields, place.Path), place.Time) { BlockSize = BlockSize };
    }

    public ValueTask DisposeAsync() => place.DisposeAsync();

    private async ValueTask<IcebergTable> OpenTableAsync(Schema rows, IReadOnlyList<string> key, CancellationToken cancellation)
    {
        if (await place.FindAsync(cancellation).ConfigureAwait(false) is not { } table)
        {
            return await CreateAsync(rows, key, cancellation).ConfigureAwait(false);
        }

        WritableTable.Require(table.Metadata);
        SchemaUpdate update = Fit(table.Metadata, rows);
        if (update.HasChanges && _evolution == SchemaEvolution.Freeze)
        {
            string added = string.Join(", ", update.Result.Ids.Except(table.Metadata.Schema.Ids).Select(update.Result.PathOf));
            throw IcebergErrors.SchemaMisfit.Error(
                added.Length > 0 ? $"The table lacks the columns {added}, and its schema is frozen." : "A column of the table would have to become wider, and its schema is frozen.",
                ErrorPlace.InFile(place.Path));
        }

        // What refuses comes first, so that nothing is changed then.
        bool evolves = JudgeLayout(new LayoutFit(table.Metadata, update.Result, options));
        if (update.HasChanges || evolves)
        {
            await table.UpdateAsync(m => Evolve(m, rows, evolves), cancellation).ConfigureAwait(false);
        }

        TagFit tags = Tags(table.Metadata, rows);
        foreach (string foreign in tags.Foreign)
        {
            context.Note($"of the table '{place.Path}' {foreign}, as the job has it: somebody else has set it, and it stays");
        }

        if (tags.HasChanges)
        {
            await table.UpdateAsync(m => Tags(m, rows) is { HasChanges: true } fit ? fit.Change() : new TableChange([], []), cancellation).ConfigureAwait(false);
        }

        if (options.Branch != SnapshotRef.Main && !table.Metadata.Refs.ContainsKey(options.Branch) && table.Metadata.CurrentSnapshotId is not null)
        {
            await table.UpdateAsync(
                m => m.Refs.ContainsKey(options.Branch) ? new TableChange([], []) : new TableChange([], [new MetadataUpdate.SetRef(options.Branch, new SnapshotRef(m.CurrentSnapshotId!.Value, IsBranch: true))]),
                cancellation).ConfigureAwait(false);
        }

        return table;
    }

    private TagFit Tags(TableMetadata table, Schema rows) => new(table, rows, _job.Name, options.Properties);

    private SnapshotUpkeep? Upkeep(IcebergTable table)
    {
        if (options.ExpireSnapshots is { } age)
        {
            if (!table.IsStaged)
            {
                TableWrites.RequireRemoval(table, place.Path);
            }

            return new SnapshotUpkeep(place.Path, age, place.Time, context.Note);
        }

        if (table.Metadata.Snapshots.Count >= SnapshotUpkeep.Many)
        {
            context.Note(string.Create(
                CultureInfo.InvariantCulture,
                $"the table '{place.Path}' has {table.Metadata.Snapshots.Count} snapshots, all of which every commit writes anew: run `millrace iceberg expire`, or set `expire_snapshots`"));
        }

        return null;
    }

    // Whether the table is to be changed.
    private bool JudgeLayout(LayoutFit fit)
    {
        foreach (string difference in fit.Differences)
        {
            switch (options.Layout)
            {
                case IcebergLayout.Refuse:
                    throw IcebergErrors.LayoutDiffers.Error($"The table '{place.Path}' {difference}.", ErrorPlace.InFile(place.Path));
                case IcebergLayout.Keep:
                    context.Note($"the table '{place.Path}' {difference}: it stays as it is");
                    break;
                default:
                    return true;
            }
        }

        return false;
    }

    // Worked out anew at every attempt: another writer may have added the same columns.
    private TableChange Evolve(TableMetadata table, Schema rows, bool layout)
    {
        SchemaUpdate update = Fit(table, rows);
        TableChange columns = update.HasChanges
            ? new TableChange(
                [new MetadataRequirement.CurrentSchemaIs(table.CurrentSchemaId), new MetadataRequirement.LastColumnIdIs(table.LastColumnId)],
                [new MetadataUpdate.AddSchema(update.Result, update.LastColumnId), new MetadataUpdate.SetCurrentSchema(null)])
            : new TableChange([], []);
        return layout ? new LayoutFit(table, update.Result, options).Change(columns) : columns;
    }

    private SchemaUpdate Fit(TableMetadata table, Schema rows) => SchemaFit.Of(table, rows, place.Path, LayoutFit.VersionOf(table, options));

    // Made by the first commit where the catalog can: a run that fails before leaves nothing that the next would find.
    private async ValueTask<IcebergTable> CreateAsync(Schema rows, IReadOnlyList<string> key, CancellationToken cancellation)
    {
        TableSchema schema = Identified(TypeMapping.ToTable(rows, options.FormatVersion ?? DefaultVersion), key);
        var properties = new Dictionary<string, string>(TagFit.OfNew(rows, _job.Name, options.Properties), StringComparer.Ordinal) { [NextMetadata.ForgetsVersions] = "true" };
        foreach ((string name, string value) in options.Properties)
        {
            properties[name] = value;
        }

        var definition = new NewTable(schema, PartitionExpression.Parse(options.Partition ?? [], schema))
        {
            FormatVersion = options.FormatVersion ?? DefaultVersion,
            Order = SortExpression.Parse(options.Sort ?? [], schema),
            Properties = properties,
        };
        if (await place.Catalog.StageAsync(place.Name, definition, cancellation).ConfigureAwait(false) is { } staged)
        {
            return new IcebergTable(place.Catalog, place.Name, staged, place.Time, isStaged: true);
        }

        try
        {
            return new IcebergTable(place.Catalog, place.Name, await place.Catalog.CreateAsync(place.Name, definition, cancellation).ConfigureAwait(false), place.Time);
        }
        catch (MillraceException e) when (e.Code == IcebergErrors.TableExists)
        {
            return await OpenTableAsync(rows, key, cancellation).ConfigureAwait(false);
        }
    }

    // Of a new table that is merged into the key tells rows apart, for other engines too; the specification wants it required and no float.
    private static TableSchema Identified(TableSchema schema, IReadOnlyList<string> key)
    {
        List<IcebergField> fields = [.. schema.Fields.Where(f => key.Contains(f.Name))];
        return fields.Count == 0 || fields.Any(f => f.Type is not IcebergPrimitive { Kind: not (IcebergKind.Float or IcebergKind.Double) })
            ? schema
            : new TableSchema(schema.Id, [.. schema.Fields.Select(f => fields.Contains(f) ? f with { Required = true } : f)], [.. fields.Select(f => f.Id)]);
    }

    private MillraceException NotEmpty() => IcebergErrors.NotEmpty.Error($"The table '{place.Path}' has rows already.", ErrorPlace.InFile(place.Path));
}
