using Millrace.Runtime.Contracts;
using Millrace.Runtime.Governance;
using Millrace.Runtime.Sql;
using Millrace.Runtime.Streaming;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Runtime;

/// <summary>
/// Source → plan → sink: what every job, copy and query compiles to before it runs. It holds no connections; they are
/// opened by the run.
/// </summary>
public sealed record Pipeline
{
    /// <summary>The most threads that a job may ask for.</summary>
    public const int MaxThreads = 256;

    public required string Job { get; init; }

    /// <summary>Hash of the job file; null for a job without one.</summary>
    public string? JobVersion { get; init; }

    public string Tenant { get; init; } = "default";

    /// <summary>Folder against which relative paths are resolved.</summary>
    public required string BaseDirectory { get; init; }

    public required Endpoint Source { get; init; }

    public required Endpoint Sink { get; init; }

    public string? Stream { get; init; }

    public ReadMode ReadMode { get; init; } = ReadMode.Full;

    public string? Cursor { get; init; }

    public TimeSpan Lookback { get; init; }

    /// <summary>What is done about rows that are gone from the source.</summary>
    public ReadDeletes Deletes { get; init; }

    public WriteMode WriteMode { get; init; } = WriteMode.Append;

    public IReadOnlyList<string> Key { get; init; } = [];

    /// <summary>What rows go through on their way; null for nothing. The columns of the target are then those of the query.</summary>
    internal TransformQuery? Transform { get; init; }

    /// <summary>The query that makes the rows of the target, and keeps what it has to remember; null for none. It is the source, too.</summary>
    internal StreamingQuery? Query { get; init; }

    /// <summary>Metrics that are made of the rows as they are written; null for none.</summary>
    internal RowMetricsPlan? RowMetrics { get; init; }

    /// <summary>The columns of the target; null for all of the source, as they are.</summary>
    public ColumnPlan? Columns { get; init; }

    /// <summary>What rows are held against; null for nothing.</summary>
    public ContractPlan? Contract { get; init; }

    /// <summary>What is said about the data beside names and types.</summary>
    public TagPlan Tags { get; init; } = TagPlan.OfSource;

    /// <summary>When epochs are closed; null to derive it.</summary>
    public BatchSpec? Batch { get; init; }

    /// <summary>Whether <see cref="Batch"/> gives way where the target takes one commit only; otherwise that is an error.</summary>
    public bool BatchIsHint { get; init; }

    /// <summary>The least that is to be promised; a source and target that promise less are refused.</summary>
    public DeliveryGuarantee LeastGuarantee { get; init; } = DeliveryGuarantee.AtLeastOnce;

    /// <summary>Whether the run shall be all or nothing where nothing else is said: for copies that no later run takes up.</summary>
    public bool OneEpoch { get; init; }

    /// <summary>Whether the run goes on when it has read all there is, and waits for more.</summary>
    public bool Follows { get; init; }

    /// <summary>How often a source that is followed is asked for more, when it does not tell by itself.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(1);

    public FailureSpec Failure { get; init; } = new();

    /// <summary>The breakers of remotes, shared by all jobs of the process.</summary>
    public BreakerRegistry Breakers { get; init; } = BreakerRegistry.Shared;

    public LimitsSpec Limits { get; init; } = new();

    public long Limit { get; init; } = long.MaxValue;

    /// <summary>Threads to keep busy.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What the source shares with those of other streams that are read together with this one; null for none.</summary>
    public SharedReads? Shared { get; init; }

    /// <summary>The job of several streams to which it belongs; null for a job of one.</summary>
    public JobGroup? Group { get; init; }

    /// <summary>Gives the store that is used for the folder of dead letters, such as one that fails on purpose.</summary>
    public Func<LocalStore, IObjectStore> OpenLetters { get; init; } = static store => store;

    /// <summary>Gives the store that is used for the state folder, such as one that fails on purpose.</summary>
    public Func<LocalStore, IObjectStore> OpenStates { get; init; } = static store => store;

    /// <summary>Compiles a job file.</summary>
    public static Pipeline Of(JobFile job, ConnectorRegistry connectors, VariableExpander? variables = null)
    {
        variables ??= VariableExpander.FromEnvironment;
        var faults = new OptionFaults();
        Endpoint source = Endpoint.OfSource(job, connectors, variables, faults);
        Endpoint sink = Endpoint.OfTarget(job, connectors, variables, faults);
        faults.ThrowIfAny();
        JobSpec spec = job.Spec;
        return new Pipeline
        {
            Job = spec.Name,
            JobVersion = job.Version,
            Tenant = spec.Tenant,
            BaseDirectory = job.BaseDirectory,
            Source = source,
            Sink = sink,
            Stream = spec.Source.Stream,
            ReadMode = source.Settings.Mode ?? spec.Source.Mode,
            Cursor = source.Settings.Cursor ?? spec.Source.Cursor,
            Lookback = source.Settings.Lookback ?? spec.Source.Lookback,
            Deletes = source.Settings.Deletes ?? spec.Source.Deletes,
            WriteMode = sink.Settings.Write ?? spec.Target.Write,
            Key = sink.Settings.Key.Count > 0 ? sink.Settings.Key : spec.Target.Key,
            Transform = TransformQuery.Of(spec.Transform, spec.Functions, job.BaseDirectory),
            Columns = ColumnPlan.Of(spec.Columns, job.Asset, spec.SchemaValidationMode ?? ContractMode.Strict),
            Tags = TagPlan.Of(spec, job.Asset),
            Contract = ContractPlan.Of(job.Asset, spec.SchemaValidationMode, connectors, job.BaseDirectory),
            StateFolder = spec.State,
            Batch = spec.Batch,
            Follows = source.Settings.Follow ?? spec.Source.Follow,
            Poll = source.Settings.Poll ?? spec.Source.Poll,
            Failure = spec.Failure,
            Limits = spec.Limits,
            Threads = spec.Threads ?? Environment.ProcessorCount,
        };
    }

    /// <summary>Folder of the state store; null for <c>.millrace/state</c> beside the job file.</summary>
    public string? StateFolder { get; init; }

    /// <summary>Whether the run takes its target and its progress over from a run that still holds them.</summary>
    public bool TakesOver { get; init; }

    /// <summary>Opens the store that keeps the progress of jobs whose targets cannot.</summary>
    public ObjectStateStore OpenState()
    {
        string folder = Path.GetFullPath(StateFolder ?? Path.Combine(".millrace", "state"), BaseDirectory);
        return new ObjectStateStore(OpenStates(new LocalStore(folder)), folder, TakesOver);
    }

    /// <summary>Whether the rows go to standard output, where nothing else may stand then.</summary>
    public bool WritesStandardOutput => Context(static _ => { }).Outputs.Contains(ConnectorContext.StandardOutput);

    /// <summary>Opens the source, with the transform behind it.</summary>
    internal ISource OpenSource(ConnectorContext context)
    {
        ISource source = Source.Connector.OpenSource(Source.Options, context);
        return Transform is null ? source : new TransformSource(source, Transform, Time);
    }

    internal ConnectorContext Context(Action<string> note)
    {
        var context = new ConnectorContext
        {
            Job = Job,
            Tenant = Tenant,
            BaseDirectory = BaseDirectory,
            Time = Time,
            Parallelism = Threads,
            TakesOver = TakesOver,
            Note = note,
            Shared = Shared,
            Group = Group,
        };
        Endpoint? late = Query?.Late?.Target;
        return context with
        {
            Target = $"{Sink.Name} {Sink.Connector.TargetOf(Sink.Options, context)}",
            Outputs = [.. Sink.Connector.OutputsOf(Sink.Options, context), .. late?.Connector.OutputsOf(late.Options, context) ?? []],
        };
    }
}
