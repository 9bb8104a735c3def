using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>A function of single values.</summary>
public sealed record ScalarFunction(string Name, FunctionCategory Category, string Doc, IReadOnlyList<ScalarOverload> Overloads) : SqlFunction(Name, Category, Doc)
{
    public Volatility Volatility { get; init; }

    public override IReadOnlyList<string> Signatures => [.. Overloads.Select(o => o.Signature(Name))];
}

/// <summary>A way to call a function: the types it takes and the kernel that computes it.</summary>
public sealed record ScalarOverload
{
    /// <summary>Types of the parameters.</summary>
    public required IReadOnlyList<TypePattern> Parameters { get; init; }

    /// <summary>Parameters from the end that can be left out.</summary>
    public int Optional { get; init; }

    /// <summary>Whether the last parameter can be given any number of times, and also not at all.</summary>
    public bool Variadic { get; init; }

    /// <summary>The result, for signatures.</summary>
    public required TypePattern Returns { get; init; }

    /// <summary>The type of the result for the arguments at hand; null where <see cref="Returns"/> says it: an exact type, or a variable that a parameter binds.</summary>
    public Func<ScalarCallSite, DataType>? ResultType { get; init; }

    /// <summary>
    /// Whether the kernel looks at nulls itself. Otherwise a null in any argument makes a null: the evaluator sets the result's
    /// nulls, and what the kernel computes in those rows is never seen.
    /// </summary>
    public bool SeesNulls { get; init; }

    /// <summary>Makes the kernel for a call. What depends on constant arguments only, such as a pattern, is prepared here once.</summary>
    public required Func<ScalarCallSite, ScalarKernel> Kernel { get; init; }

    /// <summary>Whether computing all rows costs less than choosing some of them first: a vector instruction or two a value.</summary>
    public bool IsCheap { get; init; }

    public string Signature(string name)
    {
        var parts = new List<string>();
        for (int i = 0; i < Parameters.Count; i++)
        {
            string part = Parameters[i].ToString();
            parts.Add(i >= Parameters.Count - Optional ? $"[{part}]" : Variadic && i == Parameters.Count - 1 ? $"{part} …" : part);
        }

        return $"{name}({string.Join(", ", parts)}) → {Returns}";
    }
}

/// <summary>A call as binding sees it.</summary>
/// <param name="Types">Types of the arguments after casts.</param>
/// <param name="Constants">For each argument its value where it is constant: an array of one value (see <see cref="Binding.BoundConstant.Value"/>); null where it is not.</param>
/// <param name="Result">Type of the result; the arguments' business while it is being derived.</param>
public sealed record ScalarCallSite(IReadOnlyList<DataType> Types, IReadOnlyList<object?[]?> Constants, DataType? Result = null)
{
    /// <summary>Whether an argument is a constant that is not null, and its value.</summary>
    public bool TryConstant<T>(int argument, out T value)
    {
        if (argument < Constants.Count && Constants[argument] is [T known])
        {
            value = known;
            return true;
        }

        value = default!;
        return false;
    }
}

/// <summary>
/// Computes a function for all rows of a batch. Arguments are borrowed; the result has <see cref="KernelCall.Rows"/> rows and
/// belongs to the caller. A row without a result is reported to <see cref="KernelCall.Faults"/>. Kernels are used by one
/// thread at a time.
/// </summary>
public delegate Column ScalarKernel(in KernelCall call);

/// <summary>The arguments of a kernel.</summary>
public readonly ref struct KernelCall
{
    public required ReadOnlySpan<Vector> Arguments { get; init; }

    /// <summary>Rows of the result.</summary>
    public required int Rows { get; init; }

    /// <summary>Type of the result.</summary>
    public required DataType Type { get; init; }

    /// <summary>Takes the rows that have no result.</summary>
    public required RowFaults Faults { get; init; }

    /// <summary>What all calls of the statement share: its time, its random numbers, its limits.</summary>
    public required EvaluationContext Context { get; init; }
}
