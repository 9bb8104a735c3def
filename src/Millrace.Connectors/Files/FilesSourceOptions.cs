using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>What to read.</summary>
public sealed record FilesSourceOptions
{
    [Description("File, folder or pattern, on disk or in a cloud (s3://bucket/path), or a list of them. Patterns know *, **, ?, [a-c] and {a,b}. A dash reads standard input; a file of that name is ./-.")]
    [OptionExample("data/2024-*/orders.csv")]
    public required IReadOnlyList<string> Path { get; init; }

    [Description("Format of the files, with its options. Told from the ending of the name, or else from the content, when absent.")]
    [OptionExample("{name: csv, delimiter: \";\"}")]
    public OptionChoice<FormatChoices>? Format { get; init; }

    [Description("Whether a folder stands for the files of its subfolders too.")]
    public bool Recursive { get; init; } = true;

    [Description("Only files that match one of these patterns. One without a slash is matched with the file's name, another with its path from the folder on.")]
    [OptionExample("*.csv")]
    public IReadOnlyList<string> Include { get; init; } = [];

    [Description("Leaves out files that match one of these patterns, as in include.")]
    [OptionExample("*.tmp")]
    public IReadOnlyList<string> Exclude { get; init; } = [];

    [Description("Leaves out files and folders whose names start with a dot or an underscore.")]
    public bool IgnoreHidden { get; init; } = true;

    [Description("Whether folders named key=value give columns. auto: if every file has the same keys.")]
    public HivePartitions HivePartitions { get; init; } = HivePartitions.Auto;

    [Description("Name of a column to add that holds the path of each row's file.")]
    [OptionExample("_file")]
    public string? FileColumn { get; init; }

    [Description("What to do when a path names no file.")]
    public MissingFiles Missing { get; init; } = MissingFiles.Error;

    [Description("The most files that may be read; guards against a pattern that is too wide. While following: the most that one look takes, and the next one goes on with the rest.")]
    [Range(1, 10_000_000)]
    public int MaxFiles { get; init; } = 100_000;

    [Description("Whether columns of several files are joined by name: a file that lacks one gives nulls, and types are widened. Otherwise all files must have the columns of the first.")]
    public bool UnionByName { get; init; } = true;

    [Description("How many files, spread over all, are looked at for the schema; 0 for all.")]
    [Range(0, 10_000_000)]
    public int SchemaFiles { get; init; } = 1000;

    [Description("In incremental reads: what to do with a file that was replaced or became shorter after it was read. Rows added to the end of CSV and JSON lines are no such change; only they are read. reread reads all of it again, besides the rows that are there.")]
    public ChangedFiles OnChanged { get; init; } = ChangedFiles.Error;

    [Description("In incremental reads: what to do with a last row of CSV or JSON lines that has no line break yet, or ends within quotes. hold leaves it for the run that finds it complete; read takes it as it is, for files that end so and do not grow.")]
    public UnfinishedLines UnfinishedLine { get; init; } = UnfinishedLines.Hold;

    [Description("In incremental reads: when the progress of a file is forgotten, if the path no longer names it: so long after its last change. For inboxes that are emptied, whose checkpoints would grow with every file there ever was. A file that comes back after that is read again. Default: never.")]
    [OptionExample("30d")]
    public TimeSpan? ForgetAfter { get; init; }

    [Description("While following: how long a file that is of no use before its end is there, such as a compressed one, Parquet, Avro or a JSON array, may stay unfinished without a change before that is an error. It is read when it is whole, and was seen twice without a change. 0s takes files as they are found. In all incremental reads: how long a row of CSV that ends within quotes waits for their end; when its file has not changed for so long, it is read as it is.")]
    public TimeSpan SettleTime { get; init; } = TimeSpan.FromMinutes(1);

    [Description("In incremental reads: how to tell whether a file whose time changed is the same. edges compares its first and last 64 KiB, whole all of it, none trusts size and time.")]
    public FingerprintKind Fingerprint { get; init; } = FingerprintKind.Edges;

    [Description("How buckets of S3 are reached, for paths that begin with s3://.")]
    public S3Options? S3 { get; init; }

    [Description("How containers of Azure are reached, for paths that begin with az:// or abfss://.")]
    public AzureOptions? Azure { get; init; }

    [Description("How buckets of Google Cloud Storage are reached, for paths that begin with gs://.")]
    public GcsOptions? Gcs { get; init; }

    internal StoreOptions Stores => new() { S3 = S3, Azure = Azure, Gcs = Gcs };
}

public enum HivePartitions
{
    Auto,
    On,
    Off,
}

public enum MissingFiles
{
    Error,
    Skip,
}

public enum ChangedFiles
{
    Error,

    /// <summary>Reads it again from its beginning.</summary>
    Reread,
    Ignore,
}

public enum UnfinishedLines
{
    Hold,
    Read,
}

public enum FingerprintKind
{
    Edges,
    Whole,
    None,
}
