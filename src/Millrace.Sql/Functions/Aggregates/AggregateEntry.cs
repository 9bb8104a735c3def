using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>Short forms of what most entries of the table say.</summary>
internal static class AggregateEntry
{
    public static readonly TypePattern T = TypePattern.Variable("T");

    /// <summary>An overload that folds an argument of one type into a state of fixed size.</summary>
    public static AggregateOverload Fold<TValue, TState, TResult, TFold>(DataType parameter, DataType result, bool ignoresRepeats = false)
        where TValue : unmanaged
        where TState : unmanaged
        where TResult : unmanaged
        where TFold : struct, IFold<TValue, TState, TResult>
        => new()
        {
            Parameters = [parameter],
            Returns = result,
            IgnoresRepeats = ignoresRepeats,
            Create = _ => new FoldAccumulator<TValue, TState, TResult, TFold>(result),
        };

    /// <summary>An overload whose state is made from the call.</summary>
    public static AggregateOverload Of(IReadOnlyList<TypePattern> parameters, TypePattern returns, Func<ScalarCallSite, Accumulator> create)
        => new() { Parameters = parameters, Returns = returns, Create = create };

    public static AggregateFunction Function(string name, string doc, IReadOnlyList<AggregateOverload> overloads, string example, string result, params IReadOnlyList<string> aliases)
        => new(name, doc, overloads) { Aliases = aliases, Examples = [new FunctionExample(example, result)] };
}
