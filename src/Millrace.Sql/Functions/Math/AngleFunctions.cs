using Millrace.Columnar;
using static Millrace.Sql.Functions.MathFunctions;
using static Millrace.Sql.Functions.Overload;

namespace Millrace.Sql.Functions;

/// <summary>Trigonometry; angles are in radians.</summary>
internal static class AngleFunctions
{
    private static readonly DataType Double = DataType.Float64;

    public static IReadOnlyList<SqlFunction> All { get; } =
    [
        Define("sin", "Sine.", CheckedUnary<double, double, OfAngle<Sine>>(Double, Double)) with { Examples = [new("sin(0)", "0")] },
        Define("cos", "Cosine.", CheckedUnary<double, double, OfAngle<Cosine>>(Double, Double)) with { Examples = [new("cos(0)", "1")] },
        Define("tan", "Tangent.", CheckedUnary<double, double, OfAngle<Tangent>>(Double, Double)) with { Examples = [new("tan(0)", "0")] },
        Define("cot", "Cotangent.", CheckedUnary<double, double, OfAngle<Cotangent>>(Double, Double)) with { Examples = [new("round(cot(0.5), 6)", "1.830488")] },
        Define("asin", "Angle of a sine.", CheckedUnary<double, double, OfRatio<ArcSine>>(Double, Double)) with { Examples = [new("asin(1)", "1.5707963267948966")] },
        Define("acos", "Angle of a cosine.", CheckedUnary<double, double, OfRatio<ArcCosine>>(Double, Double)) with { Examples = [new("acos(1)", "0")] },
        Define("atan", "Angle of a tangent.", Unary<double, double, ArcTangent>(Double, Double)) with { Examples = [new("atan(1)", "0.7853981633974483")] },
        Define("atan2", "Angle of the point (x, y); y comes first.", Binary<double, double, double, ArcTangentOfTwo>(Double, Double, Double)) with { Examples = [new("atan2(1, -1)", "2.356194490192345")] },
        Define("sinh", "Hyperbolic sine.", Unary<double, double, HyperbolicSine>(Double, Double)) with { Examples = [new("sinh(0)", "0")] },
        Define("cosh", "Hyperbolic cosine.", Unary<double, double, HyperbolicCosine>(Double, Double)) with { Examples = [new("cosh(0)", "1")] },
        Define("tanh", "Hyperbolic tangent.", Unary<double, double, HyperbolicTangent>(Double, Double)) with { Examples = [new("tanh(0)", "0")] },
        Define("degrees", "Radians as degrees.", Unary<double, double, ToDegrees>(Double, Double)) with { Examples = [new("degrees(pi())", "180")] },
        Define("radians", "Degrees as radians.", Unary<double, double, ToRadians>(Double, Double)) with { Examples = [new("radians(180)", "3.141592653589793")] },
    ];
}
