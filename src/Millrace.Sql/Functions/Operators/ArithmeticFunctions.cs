using Millrace.Columnar;
using static Millrace.Sql.Functions.Overload;

namespace Millrace.Sql.Functions;

/// <summary>The arithmetic operators, which are called by their signs.</summary>
internal static class ArithmeticFunctions
{
    public static IReadOnlyList<SqlFunction> All { get; } =
    [
        new ScalarFunction("+", FunctionCategory.Math, "Sum; a date or timestamp moved by days or an interval.",
        [
            Vectors<int, AddIntegers<int>>(DataType.Int32),
            Vectors<long, AddIntegers<long>>(DataType.Int64),
            Decimals(DecimalTypes.Add, (left, right, type) => NarrowArithmetic.Add(new(left, right, type, subtract: false))),
            Vectors<float, AddFloats<float>>(DataType.Float32),
            Vectors<double, AddFloats<double>>(DataType.Float64),
            .. TimeArithmetic.Additions,
        ])
        {
            Examples = [new("1 + 2", "3"), new("1.5 + 2", "3.5"), new("date '2024-02-28' + 2", "2024-03-01"), new("timestamp '2024-01-31 12:00:00' + interval '1 month'", "2024-02-29 12:00:00")],
        },
        new ScalarFunction("-", FunctionCategory.Math, "Difference; a number or interval with the other sign.",
        [
            Vectors<int, SubtractIntegers<int>>(DataType.Int32),
            Vectors<long, SubtractIntegers<long>>(DataType.Int64),
            Decimals(DecimalTypes.Add, (left, right, type) => NarrowArithmetic.Add(new(left, right, type, subtract: true))),
            Vectors<float, SubtractFloats<float>>(DataType.Float32),
            Vectors<double, SubtractFloats<double>>(DataType.Float64),
            CheckedUnary<int, int, NegateInteger<int>>(DataType.Int32, DataType.Int32),
            CheckedUnary<long, long, NegateInteger<long>>(DataType.Int64, DataType.Int64),
            Of(_ => FixedKernels.Unary<Int128, Int128, NegateDecimal>(), TypePattern.Decimal, TypePattern.Decimal) with { ResultType = site => site.Types[0] },
            Unary<float, float, NegateFloat<float>>(DataType.Float32, DataType.Float32),
            Unary<double, double, NegateFloat<double>>(DataType.Float64, DataType.Float64),
            .. TimeArithmetic.Subtractions,
        ])
        {
            Examples = [new("5 - 7", "-2"), new("-(3)", "-3"), new("date '2024-03-01' - date '2024-02-01'", "29")],
        },
        new ScalarFunction("*", FunctionCategory.Math, "Product; an interval so many times.",
        [
            Vectors<int, MultiplyInt32>(DataType.Int32),
            CheckedBinary<long, long, long, MultiplyInt64>(DataType.Int64, DataType.Int64, DataType.Int64),
            Decimals(DecimalTypes.Multiply, (left, right, type) => NarrowArithmetic.Multiply(new(left, right, type))),
            Vectors<float, MultiplyFloats<float>>(DataType.Float32),
            Vectors<double, MultiplyFloats<double>>(DataType.Float64),
            .. TimeArithmetic.Multiplications,
        ])
        {
            Examples = [new("6 * 7", "42"), new("1.5 * 1.5", "2.25")],
        },
        new ScalarFunction("/", FunctionCategory.Math, "Quotient; that of whole numbers is cut towards zero.",
        [
            CheckedBinary<int, int, int, DivideIntegers<int>>(DataType.Int32, DataType.Int32, DataType.Int32),
            CheckedBinary<long, long, long, DivideIntegers<long>>(DataType.Int64, DataType.Int64, DataType.Int64),
            Decimals(DecimalTypes.Divide, (left, right, type) => FixedKernels.CheckedBinary<Int128, Int128, Int128, DivideDecimals>(new(left, right, type))),
            Vectors<float, DivideFloats<float>>(DataType.Float32),
            Vectors<double, DivideFloats<double>>(DataType.Float64),
            .. TimeArithmetic.Divisions,
        ])
        {
            Examples = [new("5 / 2", "2"), new("5.0 / 2", "2.500000000000")],
        },
        new ScalarFunction("%", FunctionCategory.Math, "Remainder of a division, with the sign of the dividend.",
        [
            CheckedBinary<int, int, int, RemainderIntegers<int>>(DataType.Int32, DataType.Int32, DataType.Int32),
            CheckedBinary<long, long, long, RemainderIntegers<long>>(DataType.Int64, DataType.Int64, DataType.Int64),
            Decimals(DecimalTypes.Remainder, (left, right, type) => FixedKernels.CheckedBinary<Int128, Int128, Int128, RemainderDecimals>(new(left, right, type))),
            CheckedBinary<float, float, float, RemainderFloats<float>>(DataType.Float32, DataType.Float32, DataType.Float32),
            CheckedBinary<double, double, double, RemainderFloats<double>>(DataType.Float64, DataType.Float64, DataType.Float64),
        ])
        {
            Aliases = ["mod"],
            Examples = [new("7 % 3", "1"), new("-7 % 3", "-1"), new("mod(5.5, 2)", "1.5")],
        },
    ];

    private static ScalarOverload Decimals(Func<DataType, DataType, DataType> result, Func<DataType, DataType, DataType, ScalarKernel> kernel)
        => Of(site => kernel(site.Types[0], site.Types[1], site.Result!), TypePattern.Decimal, TypePattern.Decimal, TypePattern.Decimal)
            with
        { ResultType = site => result(site.Types[0], site.Types[1]) };
}
