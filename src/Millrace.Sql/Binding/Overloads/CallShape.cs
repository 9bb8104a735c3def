using Millrace.Columnar;
using Millrace.Sql.Functions;

namespace Millrace.Sql.Binding;

/// <summary>What the overloads of scalar, aggregate and window functions have in common.</summary>
internal readonly record struct CallShape(IReadOnlyList<TypePattern> Parameters, int Optional, bool Variadic, TypePattern Returns, Func<ScalarCallSite, DataType>? ResultType)
{
    public static CallShape Of(ScalarOverload o) => new(o.Parameters, o.Optional, o.Variadic, o.Returns, o.ResultType);

    public static CallShape Of(AggregateOverload o) => new(o.Parameters, o.Optional, false, o.Returns, o.ResultType);

    public static CallShape Of(WindowOverload o) => new(o.Parameters, o.Optional, false, o.Returns, o.ResultType);

    public bool Takes(int arguments)
        => Variadic ? arguments >= Parameters.Count - 1 : arguments <= Parameters.Count && arguments >= Parameters.Count - Optional;

    public TypePattern Parameter(int argument) => Parameters[Math.Min(argument, Parameters.Count - 1)];
}
