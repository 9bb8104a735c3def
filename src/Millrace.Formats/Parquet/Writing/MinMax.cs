using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Millrace.Formats.Parquet;

/// <summary>Least and greatest of many numbers. Not-a-number does not count.</summary>
internal struct MinMax<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    private static readonly T Lowest = typeof(T) == typeof(float) ? (T)(object)float.NegativeInfinity : typeof(T) == typeof(double) ? (T)(object)double.NegativeInfinity : T.MinValue;
    private static readonly T Highest = typeof(T) == typeof(float) ? (T)(object)float.PositiveInfinity : typeof(T) == typeof(double) ? (T)(object)double.PositiveInfinity : T.MaxValue;

    public MinMax()
    {
        Min = Highest;
        Max = Lowest;
    }

    public T Min { get; private set; }

    public T Max { get; private set; }

    /// <summary>No number has been seen.</summary>
    public readonly bool IsEmpty => Min > Max;

    public void Add(ReadOnlySpan<T> values)
    {
        T min = Min;
        T max = Max;
        ref T start = ref MemoryMarshal.GetReference(values);
        int i = 0;
        if (Vector256.IsHardwareAccelerated && values.Length >= Vector256<T>.Count)
        {
            Vector256<T> mins = Vector256.Create(min);
            Vector256<T> maxs = Vector256.Create(max);
            for (; i <= values.Length - Vector256<T>.Count; i += Vector256<T>.Count)
            {
                // A comparison with not-a-number is false, so it never replaces a bound.
                Vector256<T> next = Vector256.LoadUnsafe(ref start, (nuint)i);
                mins = Vector256.ConditionalSelect(Vector256.LessThan(next, mins), next, mins);
                maxs = Vector256.ConditionalSelect(Vector256.GreaterThan(next, maxs), next, maxs);
            }

            for (int lane = 0; lane < Vector256<T>.Count; lane++)
            {
                min = mins[lane] < min ? mins[lane] : min;
                max = maxs[lane] > max ? maxs[lane] : max;
            }
        }

        for (; i < values.Length; i++)
        {
            T value = Unsafe.Add(ref start, i);
            min = value < min ? value : min;
            max = value > max ? value : max;
        }

        Min = min;
        Max = max;
    }
}
