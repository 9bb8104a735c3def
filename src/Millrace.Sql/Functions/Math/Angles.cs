namespace Millrace.Sql.Functions;

/// <summary>A function of an angle in radians, which has to be finite.</summary>
internal interface IAngleFunction
{
    static abstract string Name { get; }

    static abstract double Invoke(double angle);
}

internal readonly struct OfAngle<TFunction> : ICheckedUnary<double, double>
    where TFunction : IAngleFunction
{
    public bool TryInvoke(double value, out double result)
    {
        result = TFunction.Invoke(value);
        return !double.IsInfinity(value);
    }

    public Fault Explain(double value) => Faults.Domain($"{TFunction.Name} has no value for {Faults.Text(value)}.");
}

/// <summary>The angle of a sine or cosine, which lies between -1 and 1.</summary>
internal readonly struct OfRatio<TFunction> : ICheckedUnary<double, double>
    where TFunction : IAngleFunction
{
    public bool TryInvoke(double value, out double result)
    {
        result = TFunction.Invoke(value);
        return !(Math.Abs(value) > 1);
    }

    public Fault Explain(double value) => Faults.Domain($"{TFunction.Name} takes numbers from -1 to 1, found {Faults.Text(value)}.");
}

internal readonly struct Sine : IAngleFunction
{
    public static string Name => "sin";

    public static double Invoke(double angle) => Math.Sin(angle);
}

internal readonly struct Cosine : IAngleFunction
{
    public static string Name => "cos";

    public static double Invoke(double angle) => Math.Cos(angle);
}

internal readonly struct Tangent : IAngleFunction
{
    public static string Name => "tan";

    public static double Invoke(double angle) => Math.Tan(angle);
}

internal readonly struct Cotangent : IAngleFunction
{
    public static string Name => "cot";

    public static double Invoke(double angle) => 1 / Math.Tan(angle);
}

internal readonly struct ArcSine : IAngleFunction
{
    public static string Name => "asin";

    public static double Invoke(double angle) => Math.Asin(angle);
}

internal readonly struct ArcCosine : IAngleFunction
{
    public static string Name => "acos";

    public static double Invoke(double angle) => Math.Acos(angle);
}

internal readonly struct ArcTangent : IUnary<double, double>
{
    public double Invoke(double value) => Math.Atan(value);
}

internal readonly struct ArcTangentOfTwo : IBinary<double, double, double>
{
    public double Invoke(double left, double right) => Math.Atan2(left, right);
}

internal readonly struct HyperbolicSine : IUnary<double, double>
{
    public double Invoke(double value) => Math.Sinh(value);
}

internal readonly struct HyperbolicCosine : IUnary<double, double>
{
    public double Invoke(double value) => Math.Cosh(value);
}

internal readonly struct HyperbolicTangent : IUnary<double, double>
{
    public double Invoke(double value) => Math.Tanh(value);
}

internal readonly struct ToDegrees : IUnary<double, double>
{
    public double Invoke(double value) => value * (180 / Math.PI);
}

internal readonly struct ToRadians : IUnary<double, double>
{
    public double Invoke(double value) => value * (Math.PI / 180);
}
