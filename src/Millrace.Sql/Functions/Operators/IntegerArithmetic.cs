using System.Numerics;
using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>What integers of 32 and 64 bits are called in messages.</summary>
internal static class IntegerName
{
    public static DataType Of<T>() => typeof(T) == typeof(int) ? DataType.Int32 : DataType.Int64;
}

internal readonly struct AddIntegers<T> : IVectorOperation<T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static Vector<T> Invoke(Vector<T> left, Vector<T> right, ref Vector<T> bad)
    {
        // A sum overflows where both operands have the sign that it has not.
        Vector<T> sum = left + right;
        bad |= (left ^ sum) & (right ^ sum);
        return sum;
    }

    public static bool TryInvoke(T left, T right, out T result)
    {
        result = unchecked(left + right);
        return !T.IsNegative((left ^ result) & (right ^ result));
    }

    public static Fault Explain(T left, T right) => Faults.Overflow(left, "+", right, IntegerName.Of<T>());
}

internal readonly struct SubtractIntegers<T> : IVectorOperation<T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static Vector<T> Invoke(Vector<T> left, Vector<T> right, ref Vector<T> bad)
    {
        Vector<T> difference = left - right;
        bad |= (left ^ right) & (left ^ difference);
        return difference;
    }

    public static bool TryInvoke(T left, T right, out T result)
    {
        result = unchecked(left - right);
        return !T.IsNegative((left ^ right) & (left ^ result));
    }

    public static Fault Explain(T left, T right) => Faults.Overflow(left, "-", right, IntegerName.Of<T>());
}

internal readonly struct MultiplyInt32 : IVectorOperation<int>
{
    public static Vector<int> Invoke(Vector<int> left, Vector<int> right, ref Vector<int> bad)
    {
        Vector.Widen(left, out Vector<long> leftLow, out Vector<long> leftHigh);
        Vector.Widen(right, out Vector<long> rightLow, out Vector<long> rightHigh);
        Vector<long> low = leftLow * rightLow;
        Vector<long> high = leftHigh * rightHigh;
        Vector<int> product = Vector.Narrow(low, high);

        // The upper halves of the full products are the signs of the lower ones, or the product does not fit.
        Vector<int> upper = Vector.Narrow(low >> 32, high >> 32);
        bad |= ~Vector.Equals(upper, product >> 31);
        return product;
    }

    public static bool TryInvoke(int left, int right, out int result)
    {
        long product = (long)left * right;
        result = (int)product;
        return result == product;
    }

    public static Fault Explain(int left, int right) => Faults.Overflow(left, "*", right, DataType.Int32);
}

internal readonly struct MultiplyInt64 : ICheckedBinary<long, long, long>
{
    public bool TryInvoke(long left, long right, out long result) => Math.BigMul(left, right, out result) == result >> 63;

    public Fault Explain(long left, long right) => Faults.Overflow(left, "*", right, DataType.Int64);
}

internal readonly struct DivideIntegers<T> : ICheckedBinary<T, T, T>
    where T : unmanaged, IBinaryInteger<T>, ISignedNumber<T>
{
    public bool TryInvoke(T left, T right, out T result)
    {
        // The processor's division traps at zero, and at -1 with the smallest number.
        if (right == T.Zero || right == T.NegativeOne)
        {
            result = unchecked(-left);
            return right != T.Zero && (result != left || left == T.Zero);
        }

        result = left / right;
        return true;
    }

    public Fault Explain(T left, T right)
        => right == T.Zero ? Faults.DivisionByZero(Faults.Text(left)) : Faults.Overflow(left, "/", right, IntegerName.Of<T>());
}

internal readonly struct RemainderIntegers<T> : ICheckedBinary<T, T, T>
    where T : unmanaged, IBinaryInteger<T>, ISignedNumber<T>
{
    public bool TryInvoke(T left, T right, out T result)
    {
        if (right == T.Zero || right == T.NegativeOne)
        {
            result = T.Zero;
            return right != T.Zero;
        }

        result = left % right;
        return true;
    }

    public Fault Explain(T left, T right) => Faults.DivisionByZero(Faults.Text(left));
}

internal readonly struct NegateInteger<T> : ICheckedUnary<T, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public bool TryInvoke(T value, out T result)
    {
        result = unchecked(-value);
        return result != value || value == T.Zero;
    }

    public Fault Explain(T value) => Faults.Overflow($"-({Faults.Text(value)})", IntegerName.Of<T>());
}
