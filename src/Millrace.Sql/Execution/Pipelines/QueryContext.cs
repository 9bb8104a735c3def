using System.Collections.Immutable;

namespace Millrace.Sql.Execution;

/// <summary>What all operators of a running query share.</summary>
public sealed record QueryContext
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

    /// <summary>Rounds after which a recursive query is taken to be without end.</summary>
    public int MaxRecursion { get; init; } = 100_000;

    /// <summary>Ends the query; work that makes much of few rows looks at it too.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>The rows of the last round of the recursions that this is part of, by the identity of their work tables.</summary>
    internal ImmutableDictionary<object, IReadOnlyList<Columnar.RecordBatch>> WorkTables { get; private init; } = ImmutableDictionary.Create<object, IReadOnlyList<Columnar.RecordBatch>>(ReferenceEqualityComparer.Instance);

    /// <summary>The same for a round of a recursion.</summary>
    internal QueryContext With(object work, IReadOnlyList<Columnar.RecordBatch> rows) => this with { WorkTables = WorkTables.SetItem(work, rows) };
}
