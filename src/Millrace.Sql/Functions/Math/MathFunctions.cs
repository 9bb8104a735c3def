using Millrace.Columnar;
using static Millrace.Sql.Functions.Overload;

namespace Millrace.Sql.Functions;

/// <summary>The mathematical functions.</summary>
internal static class MathFunctions
{
    private static readonly DataType Double = DataType.Float64;

    public static IReadOnlyList<SqlFunction> All { get; } =
    [
        .. RoundingFunctions.All,
        .. AngleFunctions.All,
        Define("abs", "The number without its sign.",
            CheckedUnary<int, int, AbsoluteInteger<int>>(DataType.Int32, DataType.Int32),
            CheckedUnary<long, long, AbsoluteInteger<long>>(DataType.Int64, DataType.Int64),
            Of(FixedKernels.Unary<Int128, Int128, Absolute<Int128>>(), TypePattern.Decimal, TypePattern.Decimal) with { ResultType = site => site.Types[0] },
            Unary<float, float, Absolute<float>>(DataType.Float32, DataType.Float32),
            Unary<double, double, Absolute<double>>(Double, Double))
            with { Examples = [new("abs(-3)", "3"), new("abs(-1.5)", "1.5")] },
        Define("sign", "-1 for negative numbers, 1 for positive ones, 0 for zero.",
            Unary<int, int, SignOf<int>>(DataType.Int32, DataType.Int32),
            Unary<long, int, SignOf<long>>(DataType.Int64, DataType.Int32),
            Of(FixedKernels.Unary<Int128, int, SignOf<Int128>>(), DataType.Int32, TypePattern.Decimal),
            Unary<double, double, SignOfFloat>(Double, Double))
            with { Examples = [new("sign(-8.4)", "-1")] },
        Define("sqrt", "Square root.", CheckedUnary<double, double, SquareRoot>(Double, Double)) with { Examples = [new("sqrt(2)", "1.4142135623730951")] },
        Define("cbrt", "Cube root.", Unary<double, double, CubeRoot>(Double, Double)) with { Examples = [new("cbrt(27)", "3")] },
        Define("exp", "The number e to a power.", CheckedUnary<double, double, Exponential>(Double, Double)) with { Examples = [new("exp(0)", "1")] },
        Define("ln", "Natural logarithm.", CheckedUnary<double, double, NaturalLogarithm>(Double, Double)) with { Examples = [new("ln(2)", "0.6931471805599453")] },
        Define("log10", "Logarithm to base 10.", CheckedUnary<double, double, DecimalLogarithm>(Double, Double)) with { Examples = [new("log10(1000)", "3")] },
        Define("log2", "Logarithm to base 2.", CheckedUnary<double, double, BinaryLogarithm>(Double, Double)) with { Examples = [new("log2(8)", "3")] },
        Define("log", "Logarithm to base 10, or to the base that comes first.",
            CheckedUnary<double, double, DecimalLogarithm>(Double, Double),
            CheckedBinary<double, double, double, LogarithmToBase>(Double, Double, Double))
            with { Examples = [new("log(100)", "2"), new("log(2, 64)", "6")] },
        Define("power", "A number to a power; also written `x ^ y`.", CheckedBinary<double, double, double, Power>(Double, Double, Double))
            with { Aliases = ["pow", "^"], Examples = [new("power(2, 10)", "1024"), new("2 ^ 0.5", "1.4142135623730951")] },
        Define("div", "Quotient without its fraction.",
            CheckedBinary<int, int, int, DivideIntegers<int>>(DataType.Int32, DataType.Int32, DataType.Int32),
            CheckedBinary<long, long, long, DivideIntegers<long>>(DataType.Int64, DataType.Int64, DataType.Int64),
            Of(site => FixedKernels.CheckedBinary<Int128, Int128, Int128, DivideWhole>(new(site.Types[0], site.Types[1], site.Result!)), TypePattern.Decimal, TypePattern.Decimal, TypePattern.Decimal)
                with { ResultType = DivideWhole.Type })
            with { Examples = [new("div(9, 4)", "2"), new("div(-9.5, 2)", "-4")] },
        Define("gcd", "Greatest common divisor.",
            CheckedBinary<int, int, int, GreatestDivisor<int>>(DataType.Int32, DataType.Int32, DataType.Int32),
            CheckedBinary<long, long, long, GreatestDivisor<long>>(DataType.Int64, DataType.Int64, DataType.Int64))
            with { Examples = [new("gcd(1071, 462)", "21")] },
        Define("lcm", "Least common multiple.",
            CheckedBinary<int, int, int, LeastMultiple<int>>(DataType.Int32, DataType.Int32, DataType.Int32),
            CheckedBinary<long, long, long, LeastMultiple<long>>(DataType.Int64, DataType.Int64, DataType.Int64))
            with { Examples = [new("lcm(1071, 462)", "23562")] },
        Define("factorial", "Product of the whole numbers from 1 to this one.", CheckedUnary<long, Int128, Factorial>(DataType.Int64, Factorial.Type))
            with { Examples = [new("factorial(5)", "120")] },
        Define("bit_count", "How many bits of a whole number are set.",
            Unary<int, long, CountBits<int>>(DataType.Int32, DataType.Int64),
            Unary<long, long, CountBits<long>>(DataType.Int64, DataType.Int64))
            with { Examples = [new("bit_count(255)", "8")] },
        Define("width_bucket", "Number of the bucket of a value in a histogram of equal buckets between two bounds.",
            Of(WidthBucket.OfDecimals, DataType.Int32, TypePattern.Decimal, TypePattern.Decimal, TypePattern.Decimal, DataType.Int32),
            Of(WidthBucket.OfDoubles, DataType.Int32, Double, Double, Double, DataType.Int32))
            with { Examples = [new("width_bucket(5.35, 0.024, 10.06, 5)", "3")] },
        Define("isnan", "Whether a number is NaN.", Test<float, IsNaN<float>>(DataType.Float32), Test<double, IsNaN<double>>(Double))
            with { Examples = [new("isnan(cast('NaN' as double))", "true")] },
        Define("isinf", "Whether a number is infinite.", Test<float, IsInfinite<float>>(DataType.Float32), Test<double, IsInfinite<double>>(Double))
            with { Examples = [new("isinf(cast('-Infinity' as double))", "true")] },
        Define("isfinite", "Whether a number is neither infinite nor NaN.", Test<float, IsFinite<float>>(DataType.Float32), Test<double, IsFinite<double>>(Double))
            with { Examples = [new("isfinite(1e3)", "true")] },
        Define("pi", "The number π.", Of(static (in KernelCall call) => Constant(Math.PI, call.Rows), Double)) with { Examples = [new("pi()", "3.141592653589793")] },
        Define("random", "A random number from 0 to less than 1.", Of(RandomFunctions.Random, Double))
            with { Volatility = Volatility.Volatile, Aliases = ["rand"], Examples = [new("random() < 1", "true")] },
        Define("setseed", "Begins the random numbers of the statement anew, from a seed between -1 and 1.", Of(RandomFunctions.SetSeed, Double, Double))
            with { Volatility = Volatility.Volatile, Examples = [new("setseed(0.5)", "0.5")] },
    ];

    internal static ScalarFunction Define(string name, string doc, params ScalarOverload[] overloads) => new(name, FunctionCategory.Math, doc, overloads);

    private static Column Constant(double value, int rows)
    {
        using var builder = new FixedBuilder<double>(Double, rows);
        builder.AppendUninitialized(rows).Fill(value);
        return builder.Build();
    }
}
