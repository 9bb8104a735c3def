using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Millrace.Connectors.Common;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>Where and how to write.</summary>
public sealed record FilesTargetOptions
{
    [Description("On disk or in a cloud (s3://bucket/path): a file, which is written whole and then takes its name in one step; or a folder, with a slash at the end, that files are added to. A dash writes to standard output.")]
    [OptionExample("lake/orders/")]
    public required string Path { get; init; }

    [Description("Format of the files, with its options. Told from the ending of the path when absent; parquet in folders.")]
    [OptionExample("{name: csv, delimiter: \";\"}")]
    public OptionChoice<FormatChoices>? Format { get; init; }

    [Description("Compression: short for the option of the same name of the format. Text files take gzip or zstd.")]
    [OptionExample("zstd")]
    [OptionTakesNull]
    public string? Compression { get; init; }

    [Description("What to do when there is output already. Left out, the write mode decides: append adds to a folder, overwrite replaces.")]
    public IfExists? IfExists { get; init; }

    [Description("In folders: what rows are spread over subfolders by, such as region=eu/. Columns, or year(c), month(c), day(c), hour(c), bucket(n, c), truncate(n, c); `as name` names the folder's key.")]
    [OptionExample("[region, day(created_at)]")]
    public IReadOnlyList<string> Partition { get; init; } = [];

    [Description("Whether files keep the columns whose values the names of their folders tell.")]
    public bool KeepPartitionColumns { get; init; }

    [Description("Most partitions that are written at once; beyond that the file used least recently is closed.")]
    [Range(1, 10_000)]
    public int MaxOpenFiles { get; init; } = 32;

    [Description("With more partitions than open files: memory for rows that wait until their partition's file is worth opening. More memory makes fewer and larger files.")]
    [OptionExample("256MiB")]
    public ByteSize BufferBytes { get; init; } = ByteSize.MiB(12);

    [Description("In folders: size at which a file is closed and the next one begun, about.")]
    [OptionExample("128MiB")]
    public ByteSize MaxFileBytes { get; init; } = ByteSize.MiB(128);

    [Description("In folders: the most rows in a file.")]
    [Range(1L, long.MaxValue)]
    public long? MaxFileRows { get; init; }

    [Description("In folders: how long a file stays open. Every commit closes all files anyway.")]
    [OptionExample("5m")]
    public TimeSpan? MaxFileTime { get; init; }

    [Description("How buckets of S3 are reached, for paths that begin with s3://.")]
    public S3Options? S3 { get; init; }

    [Description("How containers of Azure are reached, for paths that begin with az:// or abfss://.")]
    public AzureOptions? Azure { get; init; }

    [Description("How buckets of Google Cloud Storage are reached, for paths that begin with gs://.")]
    public GcsOptions? Gcs { get; init; }

    internal StoreOptions Stores => new() { S3 = S3, Azure = Azure, Gcs = Gcs };
}
