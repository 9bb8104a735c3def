using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>The words in which the tables of functions are written.</summary>
internal static class Define
{
    public static TypePattern Text => DataType.Utf8;

    public static TypePattern Bytes => DataType.Binary;

    public static TypePattern Json => DataType.Json;

    public static TypePattern Int => DataType.Int32;

    public static TypePattern BigInt => DataType.Int64;

    public static TypePattern Float => DataType.Float64;

    public static TypePattern Bool => DataType.Boolean;

    public static TypePattern Any => TypePattern.Any;

    public static TypePattern TextArray { get; } = DataType.List(DataType.Utf8);

    public static ScalarFunction Function(FunctionCategory category, string name, string doc, params ScalarOverload[] overloads) => new(name, category, doc, overloads);

    public static ParameterList Takes(params TypePattern[] parameters) => new(parameters);

    public static ScalarFunction As(this ScalarFunction function, params string[] aliases) => function with { Aliases = aliases };

    public static ScalarFunction Example(this ScalarFunction function, string sql, string result)
        => function with { Examples = [.. function.Examples, new FunctionExample(sql, result)] };

    public static ScalarFunction Stable(this ScalarFunction function) => function with { Volatility = Volatility.Stable };

    public static ScalarFunction Volatile(this ScalarFunction function) => function with { Volatility = Volatility.Volatile };
}

/// <summary>The parameters of an overload that is being defined.</summary>
internal readonly record struct ParameterList(TypePattern[] Parameters)
{
    private int OptionalCount { get; init; }

    private bool IsVariadic { get; init; }

    private bool Sees { get; init; }

    /// <summary>Parameters from the end that can be left out.</summary>
    public ParameterList Optional(int count) => this with { OptionalCount = count };

    public ParameterList Variadic() => this with { IsVariadic = true };

    /// <summary>The kernel looks at nulls itself.</summary>
    public ParameterList SeesNulls() => this with { Sees = true };

    public ScalarOverload Gives(TypePattern returns, ScalarKernel kernel) => Prepares(returns, _ => kernel);

    /// <summary>For kernels that prepare something for each call.</summary>
    public ScalarOverload Prepares(TypePattern returns, Func<ScalarCallSite, ScalarKernel> kernel, Func<ScalarCallSite, DataType>? type = null) => new()
    {
        Parameters = Parameters,
        Optional = OptionalCount,
        Variadic = IsVariadic,
        SeesNulls = Sees,
        Returns = returns,
        ResultType = type,
        Kernel = kernel,
    };
}
