using Millrace.Runtime;
using Millrace.Sdk;

namespace Millrace.TestKit;

/// <summary>How thorough a proof is. The defaults take some hundred short runs.</summary>
public sealed record ProofOptions
{
    /// <summary>Decides about everything that is random; a failure names it.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Rows of the input.</summary>
    public int Rows { get; init; } = 30;

    /// <summary>Rows of an epoch; null for runs of one epoch.</summary>
    public int? EpochRows { get; init; } = 10;

    public WriteMode WriteMode { get; init; } = WriteMode.Append;

    /// <summary>
    /// A full read that was committed to its end begins anew when it is started again, which only an overwriting target
    /// bears; an incremental one finds nothing new.
    /// </summary>
    public ReadMode ReadMode { get; init; } = ReadMode.Incremental;

    /// <summary>With one thread a seed gives the same run every time.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>What is put at every step in turn.</summary>
    public IReadOnlyList<FaultKind> Kinds { get; init; } = [FaultKind.Crash, FaultKind.Error, FaultKind.Hang];

    /// <summary>Every how many steps a fault is tried; 1 for each.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Further cases with several faults at random steps, one run after the other.</summary>
    public int RandomCases { get; init; } = 30;

    /// <summary>The guarantee to prove; null for the one that the sink states.</summary>
    public DeliveryGuarantee? Guarantee { get; init; }

    /// <summary>Last changes of the pipeline, such as its batching.</summary>
    public Func<Pipeline, Pipeline> Shape { get; init; } = static p => p;
}

/// <summary>What a proof did.</summary>
/// <param name="Guarantee">What was proven.</param>
/// <param name="Steps">Steps of a run without faults: places where it was interrupted.</param>
/// <param name="Cases">Targets that were written, each by as many runs as it took.</param>
/// <param name="Faults">Faults that were reached.</param>
public sealed record ProofReport(DeliveryGuarantee Guarantee, int Steps, int Cases, int Faults);
