using System.Numerics;

namespace Millrace.Sql.Functions;

internal readonly struct BitAnd<T> : IBinary<T, T, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public T Invoke(T left, T right) => left & right;
}

internal readonly struct BitOr<T> : IBinary<T, T, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public T Invoke(T left, T right) => left | right;
}

internal readonly struct BitXor<T> : IBinary<T, T, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public T Invoke(T left, T right) => left ^ right;
}

internal readonly struct BitNot<T> : IUnary<T, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public T Invoke(T value) => ~value;
}

/// <summary>Shifts are defined for distances from 0 to the number of bits less one; bits that leave are lost.</summary>
internal readonly struct ShiftLeft<T> : ICheckedBinary<T, int, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public bool TryInvoke(T left, int right, out T result)
    {
        result = left << right;
        return (uint)right < (uint)left.GetByteCount() * 8;
    }

    public Fault Explain(T left, int right) => ShiftDistance.Explain<T>(right);
}

/// <summary>The sign comes in from the left.</summary>
internal readonly struct ShiftRight<T> : ICheckedBinary<T, int, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public bool TryInvoke(T left, int right, out T result)
    {
        result = left >> right;
        return (uint)right < (uint)left.GetByteCount() * 8;
    }

    public Fault Explain(T left, int right) => ShiftDistance.Explain<T>(right);
}

internal static class ShiftDistance
{
    public static Fault Explain<T>(int distance)
        where T : IBinaryInteger<T>
        => Faults.Domain($"A shift by {Faults.Text(distance)} bits: {IntegerName.Of<T>()} can be shifted by 0 to {(T.Zero.GetByteCount() * 8) - 1}.");
}
