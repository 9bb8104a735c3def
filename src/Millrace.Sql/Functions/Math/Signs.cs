using System.Numerics;

namespace Millrace.Sql.Functions;

internal readonly struct AbsoluteInteger<T> : ICheckedUnary<T, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public bool TryInvoke(T value, out T result)
    {
        result = T.IsNegative(value) ? unchecked(-value) : value;
        return !T.IsNegative(result);
    }

    public Fault Explain(T value) => Faults.Overflow($"abs({Faults.Text(value)})", IntegerName.Of<T>());
}

internal readonly struct Absolute<T> : IUnary<T, T>
    where T : unmanaged, INumber<T>
{
    public T Invoke(T value) => T.IsNegative(value) ? -value : value;
}

/// <summary>-1, 0 or 1.</summary>
internal readonly struct SignOf<T> : IUnary<T, int>
    where T : unmanaged, INumber<T>
{
    public int Invoke(T value) => T.Sign(value);
}

/// <summary>-1, 0 or 1; NaN stays.</summary>
internal readonly struct SignOfFloat : IUnary<double, double>
{
    public double Invoke(double value) => double.IsNaN(value) ? value : Math.Sign(value);
}

internal readonly struct IsNaN<T> : IUnary<T, bool>
    where T : unmanaged, INumberBase<T>
{
    public bool Invoke(T value) => T.IsNaN(value);
}

internal readonly struct IsFinite<T> : IUnary<T, bool>
    where T : unmanaged, INumberBase<T>
{
    public bool Invoke(T value) => T.IsFinite(value);
}

internal readonly struct IsInfinite<T> : IUnary<T, bool>
    where T : unmanaged, INumberBase<T>
{
    public bool Invoke(T value) => T.IsInfinity(value);
}
