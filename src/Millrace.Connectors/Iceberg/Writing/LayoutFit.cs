using System.Globalization;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// Compares what a job asks of the layout of a table, its partitions, its order and its version, with what a table that is there has
/// (specification, "Partition Evolution", "Sort Orders").
/// </summary>
/// <param name="table">The table.</param>
/// <param name="schema">Its schema as it will be for the rows.</param>
/// <param name="options">What is asked; what is not given asks for nothing.</param>
internal sealed class LayoutFit(TableMetadata table, TableSchema schema, IcebergTargetOptions options)
{
    private readonly PartitionSpec? _spec = options.Partition is { } partition ? PartitionExpression.Parse(partition, schema) : null;
    private readonly SortOrder? _order = options.Sort is { } sort ? SortExpression.Parse(sort, schema) : null;

    /// <summary>The differences, each as the end of a sentence that begins with the table.</summary>
    public IReadOnlyList<string> Differences
    {
        get
        {
            var differences = new List<string>();
            if (_spec is not null && !SamePartitions(_spec))
            {
                differences.Add($"is partitioned by {PartitionExpression.TextOf(table.Spec, schema)}, and `partition` asks for {PartitionExpression.TextOf(_spec, schema)}");
            }

            if (_order is not null && !_order.Fields.SequenceEqual(table.SortOrder.Fields))
            {
                differences.Add($"is sorted by {SortExpression.TextOf(table.SortOrder, schema)}, and `sort` asks for {SortExpression.TextOf(_order, schema)}");
            }

            if (options.FormatVersion is { } version && version != table.FormatVersion)
            {
                differences.Add(string.Create(CultureInfo.InvariantCulture, $"has format version {table.FormatVersion}, and `format_version` asks for {version}"));
            }

            return differences;
        }
    }

    /// <summary>The version that a table will have for a job: the one that is asked for, unless the table keeps its own. None is taken back.</summary>
    public static int VersionOf(TableMetadata table, IcebergTargetOptions options)
        => options.Layout == IcebergLayout.Keep ? table.FormatVersion : Math.Max(table.FormatVersion, options.FormatVersion ?? 0);

    /// <summary>What makes the table as it is asked for. Files that are there keep the layout they were written with.</summary>
    /// <param name="columns">What makes its schema the one that it will have: behind the version, which has to take its types, and before what names its columns.</param>
    public TableChange Change(TableChange columns)
    {
        var updates = new List<MetadataUpdate>();
        int version = table.FormatVersion;
        if (options.FormatVersion is { } asked && asked != version)
        {
            updates.Add(new MetadataUpdate.UpgradeFormat(asked));
            version = asked;
        }

        updates.AddRange(columns.Updates);
        if (_spec is not null && !SamePartitions(_spec))
        {
            updates.Add(new MetadataUpdate.AddSpec(version == 1 ? Evolved1(_spec) : Evolved(_spec)));
            updates.Add(new MetadataUpdate.SetDefaultSpec(null));
        }

        if (_order is not null && !_order.Fields.SequenceEqual(table.SortOrder.Fields))
        {
            if (_order.IsSorted)
            {
                updates.Add(new MetadataUpdate.AddSortOrder(_order));
                updates.Add(new MetadataUpdate.SetDefaultSortOrder(null));
            }
            else
            {
                updates.Add(new MetadataUpdate.SetDefaultSortOrder(SortOrder.Unsorted.Id));
            }
        }

        return new TableChange(
            [
                new MetadataRequirement.DefaultSpecIs(table.DefaultSpecId), new MetadataRequirement.LastPartitionIdIs(table.LastPartitionId),
                new MetadataRequirement.CurrentSchemaIs(table.CurrentSchemaId), new MetadataRequirement.LastColumnIdIs(table.LastColumnId),
            ],
            updates);
    }

    // Names and the order of the fields only show in the names of folders.
    private bool SamePartitions(PartitionSpec asked)
        => asked.Fields.Select(f => (f.SourceId, f.Transform)).ToHashSet()
            .SetEquals(table.Spec.Fields.Where(f => f.Transform.Kind != TransformKind.Void).Select(f => (f.SourceId, f.Transform)));

    // A field that an earlier spec has keeps its id, so that the partitions of both are one column.
    private PartitionSpec Evolved(PartitionSpec asked)
    {
        int last = table.LastPartitionId;
        return new PartitionSpec(0, [.. asked.Fields.Select(f => f with { FieldId = Earlier(f)?.FieldId ?? ++last })]);
    }

    // Manifests of version 1 are read by the places of the fields, so that none may go or move: one that is dropped becomes void.
    private PartitionSpec Evolved1(PartitionSpec asked)
    {
        int last = table.LastPartitionId;
        var fields = new List<SpecField>();
        foreach (SpecField field in table.Spec.Fields)
        {
            bool isKept = asked.Fields.Any(f => f.SourceId == field.SourceId && f.Transform == field.Transform);
            bool isTaken = asked.Fields.Any(f => f.Name == field.Name);
            fields.Add(isKept ? field : field with
            {
                Transform = Transform.Void,
                Name = isTaken ? string.Create(CultureInfo.InvariantCulture, $"{field.Name}_{field.FieldId}") : field.Name,
            });
        }

        fields.AddRange(asked.Fields.Where(f => fields.TrueForAll(k => k.SourceId != f.SourceId || k.Transform != f.Transform)).ToList().Select(f => f with { FieldId = ++last }));
        return new PartitionSpec(0, fields);
    }

    private SpecField? Earlier(SpecField field)
        => table.Specs.Reverse().SelectMany(s => s.Fields).FirstOrDefault(f => f.SourceId == field.SourceId && f.Transform == field.Transform);
}
