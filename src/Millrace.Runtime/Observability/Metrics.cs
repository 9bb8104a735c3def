namespace Millrace.Runtime;

/// <summary>The table of metrics: instruments and the reference page are made from it.</summary>
public static class Metrics
{
    /// <summary>Name of the meter, and of the source of traces.</summary>
    public const string Source = "Millrace";

    /// <summary>Name of the meter of metrics that statements make of their rows.</summary>
    public const string RowSource = "Millrace.Rows";

    public const string Tenant = "tenant";
    public const string Job = "job";
    public const string Outcome = "outcome";
    public const string ErrorType = "error.type";
    public const string Remote = "remote";
    public const string Stage = "stage";

    private static readonly double[] Seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
    private static readonly double[] LongSeconds = [0.1, 1, 10, 60, 300, 1800, 3600, 21600, 86400];
    private static readonly double[] Rows = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

    public static readonly MetricInfo Runs = new("millrace.runs", MetricKind.Counter, "{run}", "Runs that ended; `outcome` is succeeded, partial or failed.", Tenant, Job, Outcome);
    public static readonly MetricInfo RunsActive = new("millrace.runs.active", MetricKind.UpDownCounter, "{run}", "Runs that go on now.", Tenant, Job);
    public static readonly MetricInfo RunDuration = new("millrace.run.duration", MetricKind.Histogram, "s", "Time from the start of a run to its end.", Tenant, Job, Outcome) { Buckets = LongSeconds };
    public static readonly MetricInfo Retries = new("millrace.retries", MetricKind.Counter, "{attempt}", "Attempts that failed and were followed by another; `error.type` is the code of the error.", Tenant, Job, ErrorType);
    public static readonly MetricInfo EpochsCommitted = new("millrace.epochs.committed", MetricKind.Counter, "{epoch}", "Epochs that were committed.", Tenant, Job);
    public static readonly MetricInfo EpochsAborted = new("millrace.epochs.aborted", MetricKind.Counter, "{epoch}", "Epochs that were given up with rows in them: after an error, at a stop, or to begin again with a wider type.", Tenant, Job);
    public static readonly MetricInfo CommitDuration = new("millrace.epoch.commit.duration", MetricKind.Histogram, "s", "Time from the decision to commit an epoch until it is committed.", Tenant, Job) { Buckets = Seconds };
    public static readonly MetricInfo EpochRows = new("millrace.epoch.rows", MetricKind.Histogram, "{row}", "Rows of a committed epoch.", Tenant, Job) { Buckets = Rows };
    public static readonly MetricInfo RowsRead = new("millrace.rows.read", MetricKind.Counter, "{row}", "Rows that came from the source, bad ones too. Rows that are read again after an error count again.", Tenant, Job);
    public static readonly MetricInfo RowsWritten = new("millrace.rows.written", MetricKind.Counter, "{row}", "Rows that commits made visible in the target.", Tenant, Job);
    public static readonly MetricInfo RowsBad = new("millrace.rows.bad", MetricKind.Counter, "{row}", "Bad rows of committed epochs.", Tenant, Job);
    public static readonly MetricInfo DeadLetters = new("millrace.dead_letters", MetricKind.Counter, "{row}", "Bad rows of committed epochs that are kept as dead letters.", Tenant, Job);
    public static readonly MetricInfo Replays = new("millrace.replays", MetricKind.Counter, "{replay}", "Replays of dead letters that ended; `outcome` is succeeded, partial or failed.", Tenant, Job, Outcome);
    public static readonly MetricInfo LettersReplayed = new("millrace.dead_letters.replayed", MetricKind.Counter, "{letter}", "Dead letters whose rows came into the target by a replay.", Tenant, Job);
    public static readonly MetricInfo BytesRead = new("millrace.bytes.read", MetricKind.Counter, "By", "Bytes of the source that were read. Bytes that are read again after an error count again.", Tenant, Job);
    public static readonly MetricInfo BytesWritten = new("millrace.bytes.written", MetricKind.Counter, "By", "Bytes that commits made visible in the target.", Tenant, Job);
    public static readonly MetricInfo Widenings = new("millrace.widenings", MetricKind.Counter, "{column}", "Times that a guessed type turned out too narrow, so that the epoch began again.", Tenant, Job);
    public static readonly MetricInfo SplitsBrokenOff = new("millrace.splits.broken_off", MetricKind.Counter, "{split}", "Parts of a followed source that went or changed before they were read, and were left to the next look; `error.type` is the code.", Tenant, Job, ErrorType);
    public static readonly MetricInfo Stalls = new("millrace.stalls", MetricKind.Counter, "{stall}", "Times that a stage made no progress for longer than `limits.stall_warning`.", Tenant, Job);
    public static readonly MetricInfo LagBytes = new("millrace.lag.bytes", MetricKind.Gauge, "By", "Bytes that are left to read, for sources that know.", Tenant, Job);
    public static readonly MetricInfo LagTime = new("millrace.lag.time", MetricKind.Gauge, "s", "Age of the newest input that was found, for sources that know: it grows while nothing new arrives.", Tenant, Job);
    public static readonly MetricInfo BehindTime = new("millrace.behind.time", MetricKind.Gauge, "s", "Age of the oldest change that the target has yet to commit, for reads of changes; zero when it holds all that was read.", Tenant, Job);
    public static readonly MetricInfo BehindBytes = new("millrace.behind.bytes", MetricKind.Gauge, "By", "Log of the source behind the last commit of the target, for reads of changes.", Tenant, Job);
    public static readonly MetricInfo RowsLate = new("millrace.rows.late", MetricKind.Counter, "{row}", "Rows that came after their window was closed, of queries that run on.", Tenant, Job, Stage);
    public static readonly MetricInfo RowsExpired = new("millrace.rows.expired", MetricKind.Counter, "{row}", "Rows of state whose time to live was over.", Tenant, Job, Stage);
    public static readonly MetricInfo StateRows = new("millrace.state.rows", MetricKind.Gauge, "{row}", "Rows that a stage of a query keeps.", Tenant, Job, Stage);
    public static readonly MetricInfo StateBytes = new("millrace.state.bytes", MetricKind.Gauge, "By", "Memory that a stage of a query keeps its rows in.", Tenant, Job, Stage);
    public static readonly MetricInfo WatermarkLag = new("millrace.watermark.lag", MetricKind.Gauge, "s", "How far the event time up to which a query's result is complete lies behind the clock.", Tenant, Job);
    public static readonly MetricInfo BreakerState = new("millrace.breaker.state", MetricKind.Gauge, "1", "Breaker of a remote: 0 closed, 1 half open, 2 open.", Remote);
    public static readonly MetricInfo MemoryRented = new("millrace.memory.rented", MetricKind.UpDownCounter, "By", "Native memory that rows take up now.");
    public static readonly MetricInfo MemoryCached = new("millrace.memory.cached", MetricKind.UpDownCounter, "By", "Native memory that is kept for reuse.");

    /// <summary>All of them, in the order of the page.</summary>
    public static IReadOnlyList<MetricInfo> All { get; } =
    [
        Runs, RunsActive, RunDuration, Retries,
        EpochsCommitted, EpochsAborted, CommitDuration, EpochRows,
        RowsRead, RowsWritten, RowsBad, DeadLetters, Replays, LettersReplayed, BytesRead, BytesWritten, Widenings, SplitsBrokenOff,
        RowsLate, RowsExpired, StateRows, StateBytes, WatermarkLag,
        Stalls, LagBytes, LagTime, BehindTime, BehindBytes, BreakerState, MemoryRented, MemoryCached,
    ];
}
