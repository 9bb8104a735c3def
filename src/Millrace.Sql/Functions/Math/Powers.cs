using Millrace.Columnar;

namespace Millrace.Sql.Functions;

internal readonly struct SquareRoot : ICheckedUnary<double, double>
{
    public bool TryInvoke(double value, out double result)
    {
        result = Math.Sqrt(value);
        return !(value < 0);
    }

    public Fault Explain(double value) => Faults.Domain($"{Faults.Text(value)} is negative and has no square root.");
}

internal readonly struct CubeRoot : IUnary<double, double>
{
    public double Invoke(double value)
    {
        // Roots of cubes are whole, whatever the last bit of the library's result says.
        double root = Math.Cbrt(value);
        double whole = Math.Round(root);
        return whole * whole * whole == value ? whole : root;
    }
}

internal readonly struct Exponential : ICheckedUnary<double, double>
{
    public bool TryInvoke(double value, out double result)
    {
        result = Math.Exp(value);
        return !double.IsInfinity(result) || double.IsInfinity(value);
    }

    public Fault Explain(double value) => Faults.Overflow($"exp({Faults.Text(value)})", DataType.Float64);
}

internal readonly struct NaturalLogarithm : ICheckedUnary<double, double>
{
    public bool TryInvoke(double value, out double result)
    {
        result = Math.Log(value);
        return !(value <= 0);
    }

    public Fault Explain(double value) => Logarithms.Explain(value);
}

internal readonly struct DecimalLogarithm : ICheckedUnary<double, double>
{
    public bool TryInvoke(double value, out double result)
    {
        result = Math.Log10(value);
        return !(value <= 0);
    }

    public Fault Explain(double value) => Logarithms.Explain(value);
}

internal readonly struct BinaryLogarithm : ICheckedUnary<double, double>
{
    public bool TryInvoke(double value, out double result)
    {
        result = Math.Log2(value);
        return !(value <= 0);
    }

    public Fault Explain(double value) => Logarithms.Explain(value);
}

/// <summary>The logarithm of the right number to the base of the left.</summary>
internal readonly struct LogarithmToBase : ICheckedBinary<double, double, double>
{
    public bool TryInvoke(double left, double right, out double result)
    {
        result = left == 10 ? Math.Log10(right) : left == 2 ? Math.Log2(right) : Math.Log(right) / Math.Log(left);
        return !(left <= 0) && !(right <= 0) && left != 1;
    }

    public Fault Explain(double left, double right)
        => left == 1 ? Faults.DivisionByZero($"The logarithm of {Faults.Text(right)} to base 1") : Logarithms.Explain(left <= 0 ? left : right);
}

internal static class Logarithms
{
    public static Fault Explain(double value) => Faults.Domain($"{Faults.Text(value)} is not positive and has no logarithm.");
}

internal readonly struct Power : ICheckedBinary<double, double, double>
{
    public bool TryInvoke(double left, double right, out double result)
    {
        result = Math.Pow(left, right);
        return double.IsFinite(result) || IsFine(left, right, result);
    }

    public Fault Explain(double left, double right)
    {
        if (left == 0)
        {
            return Faults.Domain("Zero has no power with a negative exponent.");
        }

        return left < 0 && right != Math.Truncate(right)
            ? Faults.Domain($"{Faults.Text(left)} is negative and has no power with the exponent {Faults.Text(right)}, which is not whole.")
            : Faults.Overflow(left, "^", right, DataType.Float64);
    }

    // Infinity and NaN are right where they come from infinity and NaN.
    private static bool IsFine(double left, double right, double result)
        => double.IsNaN(result) ? double.IsNaN(left) || double.IsNaN(right) : double.IsInfinity(left) || (double.IsInfinity(right) && left != 0);
}
