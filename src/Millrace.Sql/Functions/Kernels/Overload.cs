using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>Short ways to write overloads.</summary>
internal static class Overload
{
    /// <summary>An overload whose kernel is the same for all calls.</summary>
    public static ScalarOverload Of(ScalarKernel kernel, TypePattern returns, params IReadOnlyList<TypePattern> parameters)
        => new() { Parameters = parameters, Returns = returns, Kernel = _ => kernel };

    /// <summary>An overload whose kernel depends on the call.</summary>
    public static ScalarOverload Of(Func<ScalarCallSite, ScalarKernel> kernel, TypePattern returns, params IReadOnlyList<TypePattern> parameters)
        => new() { Parameters = parameters, Returns = returns, Kernel = kernel };

    /// <summary>A function of one value of a fixed width.</summary>
    public static ScalarOverload Unary<TIn, TOut, TOperation>(DataType parameter, DataType returns)
        where TIn : unmanaged
        where TOut : unmanaged
        where TOperation : struct, IUnary<TIn, TOut> => Of(FixedKernels.Unary<TIn, TOut, TOperation>(), returns, parameter);

    /// <summary>A function of one value of a fixed width that has no result for some.</summary>
    public static ScalarOverload CheckedUnary<TIn, TOut, TOperation>(DataType parameter, DataType returns)
        where TIn : unmanaged
        where TOut : unmanaged
        where TOperation : struct, ICheckedUnary<TIn, TOut> => Of(FixedKernels.CheckedUnary<TIn, TOut, TOperation>(), returns, parameter);

    /// <summary>A function of two values of a fixed width.</summary>
    public static ScalarOverload Binary<TLeft, TRight, TOut, TOperation>(DataType left, DataType right, DataType returns)
        where TLeft : unmanaged
        where TRight : unmanaged
        where TOut : unmanaged
        where TOperation : struct, IBinary<TLeft, TRight, TOut> => Of(FixedKernels.Binary<TLeft, TRight, TOut, TOperation>(), returns, left, right);

    /// <summary>A function of two values of a fixed width that has no result for some.</summary>
    public static ScalarOverload CheckedBinary<TLeft, TRight, TOut, TOperation>(DataType left, DataType right, DataType returns)
        where TLeft : unmanaged
        where TRight : unmanaged
        where TOut : unmanaged
        where TOperation : struct, ICheckedBinary<TLeft, TRight, TOut> => Of(FixedKernels.CheckedBinary<TLeft, TRight, TOut, TOperation>(), returns, left, right);

    /// <summary>A condition of one value of a fixed width.</summary>
    public static ScalarOverload Test<TIn, TOperation>(DataType parameter)
        where TIn : unmanaged
        where TOperation : struct, IUnary<TIn, bool> => Of(FixedKernels.Test<TIn, TOperation>(), DataType.Boolean, parameter);

    /// <summary>An operation of two values of one type that vector instructions do.</summary>
    public static ScalarOverload Vectors<T, TOperation>(DataType type)
        where T : unmanaged
        where TOperation : IVectorOperation<T> => Of(VectorKernels.Binary<T, TOperation>(), type, type, type) with { IsCheap = true };
}
