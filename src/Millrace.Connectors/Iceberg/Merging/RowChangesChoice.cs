using System.Globalization;

namespace Millrace.Connectors.Iceberg;

/// <summary>Decides how rows of a table are replaced: the job says, else the table's properties, else merge on read where the format has it.</summary>
internal static class RowChangesChoice
{
    private const string MergeMode = "write.merge.mode";
    private const string DeleteMode = "write.delete.mode";

    /// <param name="asked">What the job says; null for nothing.</param>
    /// <param name="table">The table.</param>
    /// <param name="rules">How rows are merged.</param>
    /// <param name="key">The key columns.</param>
    /// <param name="path">What the user calls the table.</param>
    public static IcebergRowChanges Of(IcebergRowChanges? asked, TableMetadata table, MergeRules rules, IReadOnlyList<IcebergField> key, string path)
    {
        bool hasDeleteFiles = table.FormatVersion > 1;
        string? property = table.Properties.GetValueOrDefault(rules.RemovesMissing ? DeleteMode : MergeMode);
        IcebergRowChanges choice = asked ?? (!hasDeleteFiles || property == "copy-on-write" ? IcebergRowChanges.CopyOnWrite : IcebergRowChanges.MergeOnRead);
        if (choice != IcebergRowChanges.CopyOnWrite && !hasDeleteFiles)
        {
            throw IcebergErrors.CannotMerge.Error(
                string.Create(CultureInfo.InvariantCulture, $"The table has format version {table.FormatVersion}, to which no such files of deletes can be added."),
                ErrorPlace.InFile(path), "Set `row_changes: copy_on_write`, or leave it out.");
        }

        if (choice == IcebergRowChanges.EqualityDeletes)
        {
            CheckEquality(table, rules, key, path);
        }

        return choice;
    }

    private static void CheckEquality(TableMetadata table, MergeRules rules, IReadOnlyList<IcebergField> key, string path)
    {
        if (rules.ReadsRows)
        {
            throw IcebergErrors.CannotMerge.Error("This way of writing compares rows with those that are there, and equality deletes are for not looking.", ErrorPlace.InFile(path), "Leave `row_changes` out.");
        }

        // A delete by value holds in its own partition alone, so the key has to tell the partition.
        if (table.Spec.Fields.FirstOrDefault(f => f.Transform.Kind != TransformKind.Void && key.All(k => k.Id != f.SourceId)) is { } field)
        {
            throw IcebergErrors.CannotMerge.Error(
                $"The table is partitioned by {field.Transform}({table.Schema.PathOf(field.SourceId)}), which is not part of the key, so that a delete by key does not tell its partition.",
                new ErrorPlace { File = path, Field = table.Schema.PathOf(field.SourceId) }, "Leave `row_changes` out: rows are then looked up in all partitions.");
        }
    }
}
