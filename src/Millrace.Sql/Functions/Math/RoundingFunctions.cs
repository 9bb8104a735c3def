using Millrace.Columnar;
using static Millrace.Sql.Functions.MathFunctions;
using static Millrace.Sql.Functions.Overload;

namespace Millrace.Sql.Functions;

/// <summary>The functions that take digits away.</summary>
internal static class RoundingFunctions
{
    private static readonly DataType Double = DataType.Float64;

    public static IReadOnlyList<SqlFunction> All { get; } =
    [
        Define("round", "The nearest whole number, or with so many digits after the point. Halves of decimals go away from zero, those of floats to the even neighbour.",
            Decimal(RoundingMode.Nearest),
            DecimalDigits(RoundingMode.Nearest),
            Unary<float, float, RoundFloat<float>>(DataType.Float32, DataType.Float32),
            Unary<double, double, RoundFloat<double>>(Double, Double),
            Of(FixedKernels.Binary<double, int, double, RoundDouble>(new(truncate: false)), Double, Double, DataType.Int32))
            with { Examples = [new("round(2.5)", "3"), new("round(2.5e0)", "2"), new("round(3.14159, 2)", "3.14"), new("round(1250, -2)", "1300")] },
        Define("trunc", "The number without its fraction, or with so many digits after the point.",
            Decimal(RoundingMode.TowardsZero),
            DecimalDigits(RoundingMode.TowardsZero),
            Unary<float, float, TruncateFloat<float>>(DataType.Float32, DataType.Float32),
            Unary<double, double, TruncateFloat<double>>(Double, Double),
            Of(FixedKernels.Binary<double, int, double, RoundDouble>(new(truncate: true)), Double, Double, DataType.Int32))
            with { Aliases = ["truncate"], Examples = [new("trunc(-2.7)", "-2"), new("trunc(3.14159, 3)", "3.141")] },
        Define("ceil", "The nearest whole number that is not smaller.",
            Decimal(RoundingMode.Up),
            Unary<float, float, CeilingFloat<float>>(DataType.Float32, DataType.Float32),
            Unary<double, double, CeilingFloat<double>>(Double, Double))
            with { Aliases = ["ceiling"], Examples = [new("ceil(-2.7)", "-2"), new("ceil(2.1)", "3")] },
        Define("floor", "The nearest whole number that is not greater.",
            Decimal(RoundingMode.Down),
            Unary<float, float, FloorFloat<float>>(DataType.Float32, DataType.Float32),
            Unary<double, double, FloorFloat<double>>(Double, Double))
            with { Examples = [new("floor(-2.1)", "-3"), new("floor(2.7)", "2")] },
    ];

    private static ScalarOverload Decimal(RoundingMode mode)
        => Of(site => FixedKernels.CheckedUnary<Int128, Int128, RoundDecimal>(new(site.Types[0], site.Result!, mode)), TypePattern.Decimal, TypePattern.Decimal)
            with
        { ResultType = site => RoundedTypes.Whole(site.Types[0]) };

    private static ScalarOverload DecimalDigits(RoundingMode mode)
        => Of(site => FixedKernels.CheckedBinary<Int128, int, Int128, RoundToDigits>(new(site.Types[0], site.Result!, mode)), TypePattern.Decimal, TypePattern.Decimal, DataType.Int32)
            with
        { ResultType = RoundedTypes.OfCall };
}
