using Millrace.Runtime;
using Millrace.Sdk;

namespace Millrace.TestKit;

/// <summary>A place that a proof writes to: empty when it is made, looked at from outside, thrown away at the end.</summary>
public sealed record ProofTarget
{
    /// <summary>
    /// The connector whose sink is proven, made anew for every run. One that reaches its storage through an
    /// <see cref="Storage.IObjectStore"/> puts a <see cref="FaultyStore"/> with the plan in front of it; one with a client of
    /// its own calls <see cref="FaultPlan.StepAsync"/> around the client's calls. Without that, faults are put between the
    /// calls of the runtime only.
    /// </summary>
    public required Func<FaultPlan, Connector> Connector { get; init; }

    /// <summary>A bound instance of the connector's sink options.</summary>
    public required object Options { get; init; }

    /// <summary>The rows that somebody else sees now, as <see cref="ColumnText.Row"/> gives them: <c>{"id":1,"name":"row 1"}</c>.</summary>
    public required Func<Task<IReadOnlyList<string>>> ReadBack { get; init; }

    /// <summary>Throws the place away.</summary>
    public Action Release { get; init; } = static () => { };

    /// <summary>Another source than rows from memory, for proofs of sources.</summary>
    public Func<FaultPlan, Endpoint>? Source { get; init; }

    /// <summary>All good rows of <see cref="Source"/>.</summary>
    public IReadOnlyList<string>? Expected { get; init; }
}
