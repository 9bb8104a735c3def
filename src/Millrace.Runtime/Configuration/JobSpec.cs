using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Millrace.Runtime.Contracts;
using Millrace.Sdk;
using DataType = Millrace.Columnar.DataType;

namespace Millrace.Runtime;

/// <summary>A job file, native form: what is read, what of it, and where it goes.</summary>
public sealed record JobSpec
{
    [Description("Name of the job, unique within its tenant. Progress is kept under it.")]
    [OptionExample("orders")]
    public required string Name { get; init; }

    [Description("Tenant that the job belongs to.")]
    public string Tenant { get; init; } = "default";

    [Description("What the job is for.")]
    public string? Description { get; init; }

    [Description("Where rows come from: a path or URL, or a group with `connector` and its options.")]
    [OptionExample("orders.csv")]
    public required SourceSpec Source { get; init; }

    [Description("What becomes of each row on its way, as SQL: SELECT … FROM source WHERE …. The text itself, or the path of a .sql file.")]
    [OptionExample("SELECT id, amount::decimal(12,2) AS amount FROM source WHERE amount > 0")]
    public OptionNode? Transform { get; init; }

    [Description("Assemblies (.dll) whose functions the transform can use, beside those of SQL.")]
    [OptionExample("[functions.dll]")]
    public IReadOnlyList<string> Functions { get; init; } = [];

    [Description("The columns to keep, in order, each by name or with `from`, `type` and `required`. All columns when absent.")]
    [OptionExample("[id, {name: amount, from: fare_amount, type: \"decimal(12,2)\"}]")]
    public IReadOnlyList<ColumnSpec>? Columns { get; init; }

    [Description("Data contract: the path of an asset file, or the contract itself. Its schema gives names, types and required columns.")]
    [OptionExample("assets/orders.yaml")]
    public OptionNode? Asset { get; init; }

    [Description("What happens when rows or columns are not as the contract says. strict: rows that break a rule are bad rows (the default with a contract); warn: they are written and counted; evolve: as strict, and new columns and wider types are taken over; freeze: as strict, and any difference between the columns ends the run.")]
    public ContractMode? SchemaValidationMode { get; init; }

    [Description("Sensitivity of columns, by name, over what contract and source say; `default` for all others.")]
    [OptionExample("{email: pii, default: internal}")]
    public IReadOnlyDictionary<string, string>? ClassificationOverrides { get; init; }

    [Description("Whom the data costs what, over what the contract says: names with values.")]
    [OptionExample("{cost_center: CC-42}")]
    public IReadOnlyDictionary<string, string>? Finops { get; init; }

    [Description("Who answers for the data and what laws apply, over what the contract says: names with values.")]
    [OptionExample("{owner: data-team, retention_days: \"30\"}")]
    public IReadOnlyDictionary<string, string>? GovernanceOverrides { get; init; }

    [Description("Where rows go: a path or URL, or a group with `connector` and its options.")]
    [OptionExample("lake/orders/")]
    public required TargetSpec Target { get; init; }

    [Description("When an epoch is closed and committed: a strategy by name, or a group with its settings. Default: every five minutes, every ten seconds while following, and once where the target is indivisible.")]
    [OptionExample("{strategy: fixed_size, size: 10000}")]
    public BatchSpec? Batch { get; init; }

    [Description("What happens to rows that cannot be read, converted or written.")]
    public FailureSpec Failure { get; init; } = new();

    [Description("Folder for the progress of jobs whose target cannot hold it. Default: .millrace/state beside the job file.")]
    public string? State { get; init; }

    [Description("Limits of what the job may use.")]
    public LimitsSpec Limits { get; init; } = new();

    [Description("Threads that the job keeps busy. Default: one a processor.")]
    [Range(1, Pipeline.MaxThreads)]
    public int? Threads { get; init; }

    [Description("Of a job that reads several streams: how many at once. Default 4, and all of them while following.")]
    [Range(1, Pipeline.MaxThreads)]
    public int? Parallel { get; init; }
}

/// <summary>Where rows come from.</summary>
[OptionShorthand("location")]
public sealed record SourceSpec
{
    [Description("Path or URL; the connector follows from its scheme.")]
    [OptionExample("data/*.csv")]
    public string? Location { get; init; }

    [Description("Name of a connector. Its own options stand beside this one.")]
    [OptionExample("files")]
    public string? Connector { get; init; }

    [Description("Path of a connector file whose options apply where this group does not give them.")]
    public string? ConnectorPath { get; init; }

    [Description("Stream to read: a table, an object type. Not needed where a source has just one. A pattern such as public.* reads several, as streams does.")]
    public string? Stream { get; init; }

    [Description("Several streams to read, each by a run of its own: names and patterns with * and ?; one that begins with a dash leaves out. The target then gives each a place, with {stream}, {schema} and {table} or as a folder.")]
    [OptionExample("[public.*, -public.log_*]")]
    public IReadOnlyList<string> Streams { get; init; } = [];

    [Description("What to read: everything each time, or what is new since the last commit.")]
    public ReadMode Mode { get; init; } = ReadMode.Full;

    [Description("Column that grows with every change, for incremental reads of tables.")]
    public string? Cursor { get; init; }

    [Description("Whether the run goes on when it has read all there is, and waits for more.")]
    public bool Follow { get; init; }

    [Description("How often a source that is followed is asked for more, when it does not tell by itself. Default 1s.")]
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(1);

    [Description("How far before the committed cursor an incremental read starts again.")]
    public TimeSpan Lookback { get; init; }

    [Description("What an incremental read does about rows that are gone. ignore leaves them in the target; compare reads the keys of all rows at the end of each run, as of the moment of the run, and removes from a merged table what is not among them.")]
    public ReadDeletes Deletes { get; init; }

    [OptionRest]
    public OptionMap Options { get; init; } = new(new ErrorPlace());
}

/// <summary>Where rows go.</summary>
[OptionShorthand("location")]
public sealed record TargetSpec
{
    [Description("Path or URL; the connector follows from its scheme.")]
    [OptionExample("lake/orders/")]
    public string? Location { get; init; }

    [Description("Name of a connector. Its own options stand beside this one.")]
    [OptionExample("files")]
    public string? Connector { get; init; }

    [Description("Path of a connector file whose options apply where this group does not give them.")]
    public string? ConnectorPath { get; init; }

    [Description("How rows meet those that are there already.")]
    public WriteMode Write { get; init; } = WriteMode.Append;

    [Description("Columns that identify a row, for merge and its kin.")]
    public IReadOnlyList<string> Key { get; init; } = [];

    [OptionRest]
    public OptionMap Options { get; init; } = new(new ErrorPlace());
}

/// <summary>A column of the target.</summary>
[OptionShorthand("name")]
public sealed record ColumnSpec
{
    [Description("Name in the target.")]
    public required string Name { get; init; }

    [Description("Name in the source, when it is another.")]
    public string? From { get; init; }

    [Description("Type in the target; the source's type when absent. See docs/reference/types.md.")]
    [OptionExample("decimal(12,2)")]
    public DataType? Type { get; init; }

    [Description("Whether a row without a value is a bad row.")]
    public bool Required { get; init; }
}

/// <summary>What happens to bad rows.</summary>
[OptionShorthand("strategy")]
public sealed record FailureSpec
{
    [Description("fail_batch stops at the first bad row and commits nothing; log_and_continue leaves bad rows out and counts them; dead_letter keeps them for `millrace dlq` beside that; retry_with_backoff is fail_batch with `retry`: bad rows stop the batch, errors that can pass are tried again.")]
    public FailureStrategy Strategy { get; init; } = FailureStrategy.FailBatch;

    [Description("Other strategies for bad rows that one part of the run finds.")]
    [OptionExample("{decode: log_and_continue, convert: dead_letter}")]
    public StageStrategies Stages { get; init; } = new();

    [Description("Folder for dead letters, or a group with `path` and limits.")]
    public DeadLetterSpec DeadLetters { get; init; } = new();

    [Description("Stop when there are more bad rows than this.")]
    [Range(0L, long.MaxValue)]
    public long? MaxBadRows { get; init; }

    [Description("How often, and after what delays, a batch is tried again after an error that can pass. Without this group nothing is tried again, but for the strategy retry_with_backoff, which then uses the defaults.")]
    public RetrySpec? Retry { get; init; }

    [Description("When a remote is left alone for a while because it keeps failing. Without this group, never.")]
    public BreakerSpec? Breaker { get; init; }

    /// <summary>What happens to rows that a part of the run finds bad.</summary>
    internal FailureStrategy StrategyOf(RowStage stage) => stage switch
    {
        RowStage.Decode => Stages.Decode,

        // Who writes rules down expects rows that break them: one of those is no reason to stop where nothing else is said.
        RowStage.Contract => Stages.Contract ?? (Strategy == FailureStrategy.LogAndContinue ? FailureStrategy.LogAndContinue : FailureStrategy.DeadLetter),

        // Whoever asks for late rows wants to have them.
        RowStage.Window => FailureStrategy.DeadLetter,
        _ => Stages.Convert,
    } ?? Strategy;

    /// <summary>Whether a bad row of a part of the run ends the batch.</summary>
    internal bool StopsAt(RowStage stage) => StrategyOf(stage) is FailureStrategy.FailBatch or FailureStrategy.RetryWithBackoff;

    /// <summary>The retries that apply; null when nothing is tried again.</summary>
    internal RetrySpec? EffectiveRetry => Retry ?? (Strategy == FailureStrategy.RetryWithBackoff ? new RetrySpec() : null);
}

/// <summary>Strategies by the part of the run that finds a row bad; the job's own where there is none.</summary>
public sealed record StageStrategies
{
    [Description("Rows whose bytes cannot be read, or hold a value that does not fit the type of its column.")]
    public FailureStrategy? Decode { get; init; }

    [Description("Rows that were read and cannot become rows of the target: a required value is missing, or a conversion fails.")]
    public FailureStrategy? Convert { get; init; }

    [Description("Rows that break a rule of the contract. Default: dead_letter, or log_and_continue where that is the strategy of the job.")]
    public FailureStrategy? Contract { get; init; }
}

public enum FailureStrategy
{
    FailBatch,
    LogAndContinue,
    DeadLetter,
    RetryWithBackoff,
}

/// <summary>A connector file: how to reach a system, for any job of any tenant.</summary>
public sealed record ConnectorSpec
{
    [Description("Name of the recipe, for people.")]
    public required string Name { get; init; }

    [Description("Name of the connector.")]
    [OptionExample("files")]
    public required string Type { get; init; }

    [Description("What the recipe may be used as.")]
    public IReadOnlyList<ConnectorRole> Roles { get; init; } = [ConnectorRole.Source, ConnectorRole.Target];

    [Description("What the system is.")]
    public string? Description { get; init; }

    [OptionRest]
    public OptionMap Options { get; init; } = new(new ErrorPlace());
}
