using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.Iceberg;

/// <summary>Which table to write and how.</summary>
public sealed record IcebergTargetOptions
{
    [Description("Folder of the table: it holds `metadata` and `data`, and is made if it is not there.")]
    [OptionExample("lake/orders")]
    public required string Path { get; init; }

    [Description("What a new table keeps apart: columns, or year(c), month(c), day(c), hour(c), bucket(n, c), truncate(w, c); `as name` names the field. A table that is there keeps its own.")]
    [OptionExample("[day(created_at), region]")]
    public IReadOnlyList<string> Partition { get; init; } = [];

    [Description("What to do when the table has rows already. Left out, the write mode decides: append adds, overwrite replaces.")]
    public IfExists? IfExists { get; init; }

    [Description("What an overwrite replaces: the whole table, or the partitions that it has rows for, in one commit at the end of the run.")]
    public IcebergReplaces Replaces { get; init; } = IcebergReplaces.Table;

    [Description("Size at which a data file is ended and the next one begun, about.")]
    [OptionExample("256MiB")]
    public ByteSize TargetFileSize { get; init; } = ByteSize.MiB(256);

    [Description("Most partitions that are written at once; beyond that the file used least recently is ended.")]
    [Range(1, 10_000)]
    public int MaxOpenFiles { get; init; } = 32;

    [Description("Version of the format of a new table.")]
    [Range(1, 2)]
    public int FormatVersion { get; init; } = 2;

    [Description("Properties of a new table.")]
    [OptionExample("{write.metadata.compression-codec: gzip}")]
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    [Description("The branch that commits go to; it is made from main if it is not there.")]
    [OptionExample("audit")]
    public string Branch { get; init; } = SnapshotRef.Main;
}

/// <summary>What an overwrite replaces.</summary>
public enum IcebergReplaces
{
    /// <summary>All rows.</summary>
    Table,

    /// <summary>The partitions that the new rows are in.</summary>
    Partitions,
}
