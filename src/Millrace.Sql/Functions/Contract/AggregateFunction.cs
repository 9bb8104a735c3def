using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>A function of the rows of a group.</summary>
public sealed record AggregateFunction(string Name, string Doc, IReadOnlyList<AggregateOverload> Overloads) : SqlFunction(Name, FunctionCategory.Aggregate, Doc)
{
    /// <summary>Whether it is called with <c>WITHIN GROUP (ORDER BY …)</c>: then the sort keys are the last arguments.</summary>
    public bool WithinGroup { get; init; }

    public override IReadOnlyList<string> Signatures => [.. Overloads.Select(o => o.Signature(Name))];
}

public sealed record AggregateOverload
{
    /// <summary>Types of the parameters; none for <c>count(*)</c>.</summary>
    public required IReadOnlyList<TypePattern> Parameters { get; init; }

    public int Optional { get; init; }

    public required TypePattern Returns { get; init; }

    /// <summary>The type of the result for the arguments at hand; null where <see cref="Returns"/> says it.</summary>
    public Func<ScalarCallSite, DataType>? ResultType { get; init; }

    /// <summary>Whether the order of rows matters to it, so that <c>ORDER BY</c> inside the call has to be heeded.</summary>
    public bool Ordered { get; init; }

    /// <summary>Whether repeats change nothing, so that <c>DISTINCT</c> can be ignored: min, max, bool_and.</summary>
    public bool IgnoresRepeats { get; init; }

    /// <summary>Whether rows whose first argument is null are left out before <see cref="Accumulator.Update"/>.</summary>
    public bool SkipsNulls { get; init; } = true;

    public string Signature(string name)
        => $"{name}({string.Join(", ", Parameters.Select((p, i) => i >= Parameters.Count - Optional ? $"[{p}]" : p.ToString()))}) → {Returns}";

    /// <summary>Makes the state of a call. The site's result type is set.</summary>
    public required Func<ScalarCallSite, Accumulator> Create { get; init; }
}
