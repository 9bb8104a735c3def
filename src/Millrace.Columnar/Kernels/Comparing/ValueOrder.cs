using System.Numerics;
using System.Runtime.Intrinsics;

namespace Millrace.Columnar;

/// <summary>A total order of the values of one .NET type, one at a time and many at once. Everything else follows from two tests.</summary>
internal interface IValueOrder<T>
    where T : unmanaged
{
    static abstract bool Equal(T left, T right);

    static abstract bool Less(T left, T right);

    static abstract Vector256<T> Equal(Vector256<T> left, Vector256<T> right);

    static abstract Vector256<T> Less(Vector256<T> left, Vector256<T> right);

    static abstract Vector512<T> Equal(Vector512<T> left, Vector512<T> right);

    static abstract Vector512<T> Less(Vector512<T> left, Vector512<T> right);
}

/// <summary>Whole numbers, dates, times.</summary>
internal readonly struct IntegerOrder<T> : IValueOrder<T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static bool Equal(T left, T right) => left == right;

    public static bool Less(T left, T right) => left < right;

    public static Vector256<T> Equal(Vector256<T> left, Vector256<T> right) => Vector256.Equals(left, right);

    public static Vector256<T> Less(Vector256<T> left, Vector256<T> right) => Vector256.LessThan(left, right);

    public static Vector512<T> Equal(Vector512<T> left, Vector512<T> right) => Vector512.Equals(left, right);

    public static Vector512<T> Less(Vector512<T> left, Vector512<T> right) => Vector512.LessThan(left, right);
}

/// <summary>Floating point as DuckDB and PostgreSQL order it: NaN equals NaN and is greater than all else; -0 equals 0.</summary>
internal readonly struct FloatOrder<T> : IValueOrder<T>
    where T : unmanaged, IFloatingPoint<T>
{
    public static bool Equal(T left, T right) => left == right || (T.IsNaN(left) && T.IsNaN(right));

    public static bool Less(T left, T right) => left < right || (T.IsNaN(right) && !T.IsNaN(left));

    public static Vector256<T> Equal(Vector256<T> left, Vector256<T> right)
        => Vector256.Equals(left, right) | ~(Vector256.Equals(left, left) | Vector256.Equals(right, right));

    public static Vector256<T> Less(Vector256<T> left, Vector256<T> right)
        => Vector256.LessThan(left, right) | Vector256.AndNot(Vector256.Equals(left, left), Vector256.Equals(right, right));

    public static Vector512<T> Equal(Vector512<T> left, Vector512<T> right)
        => Vector512.Equals(left, right) | ~(Vector512.Equals(left, left) | Vector512.Equals(right, right));

    public static Vector512<T> Less(Vector512<T> left, Vector512<T> right)
        => Vector512.LessThan(left, right) | Vector512.AndNot(Vector512.Equals(left, left), Vector512.Equals(right, right));
}

/// <summary>The one of two tests that a loop makes, known when it is compiled.</summary>
internal interface IValueTest
{
    static abstract bool IsLess { get; }
}

internal readonly struct EqualTest : IValueTest
{
    public static bool IsLess => false;
}

internal readonly struct LessTest : IValueTest
{
    public static bool IsLess => true;
}
