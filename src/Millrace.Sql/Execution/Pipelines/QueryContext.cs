namespace Millrace.Sql.Execution;

/// <summary>What all operators of a running query share.</summary>
public sealed class QueryContext
{
    public EvaluationContext Evaluation { get; init; } = new();

    /// <summary>Lanes that run at once.</summary>
    public int Lanes { get; init; } = Environment.ProcessorCount;

    public MemoryBudget Memory { get; init; } = new(long.MaxValue);

    /// <summary>Folder for what does not fit in memory; it is made when needed.</summary>
    public string SpillFolder { get; init; } = Path.Combine(Path.GetTempPath(), "millrace-spill");

    /// <summary>
    /// Called with the batch and its faults before the rows are dropped. Null, or a handler that throws, ends the query at the
    /// first fault. Several lanes call at once.
    /// </summary>
    public Action<Columnar.RecordBatch, IReadOnlyList<RowFault>>? OnRowFaults { get; init; }

    /// <summary>Tells line and column of a place in the statement, for messages; null where there is no text.</summary>
    public Func<Parsing.TextSpan, ErrorPlace>? Locate { get; init; }

    /// <summary>Where to count what each node does; null for not at all.</summary>
    public QueryStatistics? Statistics { get; init; }

    public CancellationToken Cancellation { get; init; }
}
