using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.Iceberg;

/// <summary>Which table to write and how.</summary>
public sealed record IcebergTargetOptions : IcebergOptions
{
    [Description("What the table keeps apart: columns, or year(c), month(c), day(c), hour(c), bucket(n, c), truncate(w, c); `as name` names the field. Left out, a new table has no partitions and one that is there keeps its own.")]
    [OptionExample("[day(created_at), region]")]
    public IReadOnlyList<string>? Partition { get; init; }

    [Description("Order of the rows within data files: columns, or transforms of them as for `partition`, each with `asc` or `desc` and `nulls first` or `nulls last` behind it. Left out, a table that is there keeps its own.")]
    [OptionExample("[customer_id, created_at desc]")]
    public IReadOnlyList<string>? Sort { get; init; }

    [Description("What to do when `partition`, `sort` or `format_version` are given and the table that is there differs: `refuse` to write, `keep` the table's own, or `evolve` the table, whose files stay as they are.")]
    public IcebergLayout Layout { get; init; } = IcebergLayout.Refuse;

    [Description("What to do when the table has rows already. Left out, the write mode decides: append adds, overwrite replaces.")]
    public IfExists? IfExists { get; init; }

    [Description("What an overwrite replaces: the whole table; or, in one commit at the end of the run, the partitions that it has rows for, or the rows that match the filter.")]
    public IcebergReplaces Replaces { get; init; } = IcebergReplaces.Table;

    [Description("Which rows an overwrite with replaces: filter takes the place of: comparisons of columns with constants, joined by AND, also IS NULL, IS NOT NULL and BETWEEN. Rows that are written have to match it.")]
    [OptionExample("region = 'eu' AND day >= '2026-01-01'")]
    public string? Filter { get; init; }

    [Description("How rows are replaced and removed that a merge, or its kin, finds by key. merge_on_read names them in small files of deletes, after looking up their keys; equality_deletes writes the keys and looks nothing up, which readers pay for; copy_on_write writes the files anew that hold them. Left out, the table's property write.merge.mode decides, else merge_on_read; in tables of format version 1 copy_on_write.")]
    public IcebergRowChanges? RowChanges { get; init; }

    [Description("What becomes of rows that write: snapshot_diff, or a source with deletes: compare, finds gone. hard removes them; soft keeps them, with the time in the column _deleted_at.")]
    public SnapshotDeletes Deletes { get; init; } = SnapshotDeletes.Hard;

    [Description("Size at which a data file is ended and the next one begun, about.")]
    [OptionExample("256MiB")]
    public ByteSize TargetFileSize { get; init; } = ByteSize.MiB(256);

    [Description("Most partitions that are written at once. Rows of further ones wait on disk, so that a partition does not get many small files.")]
    [Range(1, 10_000)]
    public int MaxOpenFiles { get; init; } = 32;

    [Description("Version of the format of the table. Left out, a new table has version 2 and one that is there keeps its own.")]
    [Range(1, 3)]
    public int? FormatVersion { get; init; }

    [Description("Age from which on snapshots are expired after a commit, as `millrace iceberg expire` does it; the first has to be older by a tenth of that age, at most an hour, so that several go at once however often the job runs. Left out, they stay until that command is run.")]
    [OptionExample("5d")]
    public TimeSpan? ExpireSnapshots { get; init; }

    [Description("Properties of a new table. Left out, it has write.metadata.delete-after-commit.enabled, so that versions of its metadata behind the last 100 are removed.")]
    [OptionExample("{write.metadata.compression-codec: gzip}")]
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    [Description("The branch that commits go to; it is made from main if it is not there.")]
    [OptionExample("audit")]
    public string Branch { get; init; } = SnapshotRef.Main;
}

/// <summary>What to do when a table has another layout than the job asks for.</summary>
public enum IcebergLayout
{
    /// <summary>Nothing is written.</summary>
    Refuse,

    /// <summary>The table's own layout counts.</summary>
    Keep,

    /// <summary>The table takes the new layout for what is written from now on.</summary>
    Evolve,
}

/// <summary>What an overwrite replaces.</summary>
public enum IcebergReplaces
{
    /// <summary>All rows.</summary>
    Table,

    /// <summary>The partitions that the new rows are in.</summary>
    Partitions,

    /// <summary>The rows that match the filter.</summary>
    Filter,
}
