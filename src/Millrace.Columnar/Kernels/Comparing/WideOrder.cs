using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Millrace.Columnar;

/// <summary>Orders of 16-byte values, for which there are no vectors of many.</summary>
internal interface IWideOrder<T>
{
    static abstract bool EqualValues(T left, T right);

    static abstract bool LessValues(T left, T right);
}

/// <summary>Decimals of one scale.</summary>
internal readonly struct DecimalOrder : IWideOrder<Int128>
{
    public static bool EqualValues(Int128 left, Int128 right) => left == right;

    public static bool LessValues(Int128 left, Int128 right) => left < right;
}

/// <summary>Intervals by their length, a day being 24 hours and a month 30 days, as DuckDB and PostgreSQL order them.</summary>
internal readonly struct IntervalOrder : IWideOrder<Interval>
{
    private const long NanosecondsPerDay = 86_400_000_000_000;

    public static bool EqualValues(Interval left, Interval right) => Length(left) == Length(right);

    public static bool LessValues(Interval left, Interval right) => Length(left) < Length(right);

    /// <summary>Nanoseconds.</summary>
    public static Int128 Length(Interval value) => ((Int128)(((long)value.Months * 30) + value.Days) * NanosecondsPerDay) + value.Nanoseconds;
}

/// <summary>UUIDs by their bytes, which is the order of their texts.</summary>
internal readonly struct UuidOrder : IWideOrder<UInt128>
{
    public static bool EqualValues(UInt128 left, UInt128 right) => left == right;

    public static bool LessValues(UInt128 left, UInt128 right) => BinaryPrimitives.ReverseEndianness(left) < BinaryPrimitives.ReverseEndianness(right);
}

/// <summary>An order of wide values where the loop over fixed-width values asks for one.</summary>
internal readonly struct Wide<T, TOrder> : IValueOrder<T>
    where T : unmanaged
    where TOrder : struct, IWideOrder<T>
{
    public static bool Equal(T left, T right) => TOrder.EqualValues(left, right);

    public static bool Less(T left, T right) => TOrder.LessValues(left, right);

    public static Vector256<T> Equal(Vector256<T> left, Vector256<T> right) => throw NoVectors();

    public static Vector256<T> Less(Vector256<T> left, Vector256<T> right) => throw NoVectors();

    public static Vector512<T> Equal(Vector512<T> left, Vector512<T> right) => throw NoVectors();

    public static Vector512<T> Less(Vector512<T> left, Vector512<T> right) => throw NoVectors();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static System.Diagnostics.UnreachableException NoVectors() => new();
}
