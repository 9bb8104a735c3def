namespace Millrace.Sql.Parsing;

/// <summary>How a job that a statement makes takes its rows to their target.</summary>
public enum JobMode
{
    /// <summary>Rows may arrive twice after a failure.</summary>
    Simple,

    /// <summary>Every row arrives once, or the statement is refused.</summary>
    Transactional,

    /// <summary>As many rows are committed at once as the target takes in good time.</summary>
    Adaptive,
}

/// <summary>How the rows of a source are dealt to the lanes of a job.</summary>
public enum PartitioningStrategy
{
    /// <summary>A partition of the source stays with its lane.</summary>
    Sticky,

    /// <summary>By the hash of the key.</summary>
    Hash,

    /// <summary>As the query needs it.</summary>
    Smart,

    /// <summary>Batches in turn.</summary>
    RoundRobin,

    /// <summary>All to one lane.</summary>
    FanIn,
}

/// <summary>What the annotations above a statement say. Annotations are checked when a text is parsed.</summary>
public sealed record StatementAnnotations
{
    /// <summary>None of them.</summary>
    public static StatementAnnotations None { get; } = new();

    /// <summary>Name of the job.</summary>
    public string? Name { get; init; }

    /// <summary>Version of the job.</summary>
    public string? Version { get; init; }

    public JobMode? JobMode { get; init; }

    /// <summary>Rows that are committed at once.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Lanes that the job keeps busy.</summary>
    public int? Partitions { get; init; }

    public PartitioningStrategy? Partitioning { get; init; }

    /// <summary>Lanes that the job keeps busy, as <see cref="Partitions"/> and <see cref="Partitioning"/> say.</summary>
    public int? Lanes => Partitioning == PartitioningStrategy.FanIn ? 1 : Partitions;

    /// <summary>Whether <see cref="Metrics"/> are made.</summary>
    public bool MetricsEnabled { get; init; } = true;

    /// <summary>Metrics of the rows that the statement gives.</summary>
    public IReadOnlyList<MetricAnnotation> Metrics { get; init; } = [];

    /// <summary>The metrics that are to be made.</summary>
    public IReadOnlyList<MetricAnnotation> ActiveMetrics => MetricsEnabled ? Metrics : [];

    /// <summary>Reads the annotations of a statement.</summary>
    public static StatementAnnotations Of(StatementSyntax statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        return statement.Annotations.Count == 0
            ? None
            : new AnnotationReader(span => new ErrorPlace { Offset = span.Start }, error => throw error).Read(statement.Annotations);
    }
}
