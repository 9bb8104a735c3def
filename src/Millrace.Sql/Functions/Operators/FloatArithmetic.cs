using System.Numerics;
using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>
/// Sums, differences and products of binary floating-point numbers. A result that is infinite though the operands are not is
/// an overflow; infinity and NaN that come in go through. What is too small becomes zero.
/// </summary>
internal static class FloatArithmetic
{
    public static DataType Type<T>() => typeof(T) == typeof(float) ? DataType.Float32 : DataType.Float64;

    /// <summary>Lanes that hold an infinity as negative zero, others as zero.</summary>
    public static Vector<T> Infinite<T>(Vector<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Vector.Equals(Vector.Abs(values), Vector.Create(T.PositiveInfinity)) & Vector.Create(T.NegativeZero);

    public static bool IsFine<T>(T left, T right, T result)
        where T : IBinaryFloatingPointIeee754<T>
        => !T.IsInfinity(result) || !T.IsFinite(left) || !T.IsFinite(right);
}

internal readonly struct AddFloats<T> : IVectorOperation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static Vector<T> Invoke(Vector<T> left, Vector<T> right, ref Vector<T> bad)
    {
        Vector<T> result = left + right;
        bad |= FloatArithmetic.Infinite(result);
        return result;
    }

    public static bool TryInvoke(T left, T right, out T result)
    {
        result = left + right;
        return FloatArithmetic.IsFine(left, right, result);
    }

    public static Fault Explain(T left, T right) => Faults.Overflow(left, "+", right, FloatArithmetic.Type<T>());
}

internal readonly struct SubtractFloats<T> : IVectorOperation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static Vector<T> Invoke(Vector<T> left, Vector<T> right, ref Vector<T> bad)
    {
        Vector<T> result = left - right;
        bad |= FloatArithmetic.Infinite(result);
        return result;
    }

    public static bool TryInvoke(T left, T right, out T result)
    {
        result = left - right;
        return FloatArithmetic.IsFine(left, right, result);
    }

    public static Fault Explain(T left, T right) => Faults.Overflow(left, "-", right, FloatArithmetic.Type<T>());
}

internal readonly struct MultiplyFloats<T> : IVectorOperation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static Vector<T> Invoke(Vector<T> left, Vector<T> right, ref Vector<T> bad)
    {
        Vector<T> result = left * right;
        bad |= FloatArithmetic.Infinite(result);
        return result;
    }

    public static bool TryInvoke(T left, T right, out T result)
    {
        result = left * right;
        return FloatArithmetic.IsFine(left, right, result);
    }

    public static Fault Explain(T left, T right) => Faults.Overflow(left, "*", right, FloatArithmetic.Type<T>());
}

internal readonly struct DivideFloats<T> : IVectorOperation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static Vector<T> Invoke(Vector<T> left, Vector<T> right, ref Vector<T> bad)
    {
        Vector<T> result = left / right;
        bad |= FloatArithmetic.Infinite(result) | (Vector.Equals(right, Vector<T>.Zero) & Vector.Create(T.NegativeZero));
        return result;
    }

    public static bool TryInvoke(T left, T right, out T result)
    {
        result = left / right;
        return T.IsNaN(left) || (!T.IsZero(right) && FloatArithmetic.IsFine(left, right, result));
    }

    public static Fault Explain(T left, T right)
        => T.IsZero(right) ? Faults.DivisionByZero(Faults.Text(left)) : Faults.Overflow(left, "/", right, FloatArithmetic.Type<T>());
}

/// <summary>The remainder with the sign of the dividend.</summary>
internal readonly struct RemainderFloats<T> : ICheckedBinary<T, T, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public bool TryInvoke(T left, T right, out T result)
    {
        result = left % right;
        return T.IsNaN(left) || !T.IsZero(right);
    }

    public Fault Explain(T left, T right) => Faults.DivisionByZero(Faults.Text(left));
}

internal readonly struct NegateFloat<T> : IUnary<T, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public T Invoke(T value) => -value;
}
