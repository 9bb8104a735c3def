using System.Numerics;
using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>
/// Number of the bucket of a histogram with equal buckets between two bounds: 0 below the first bound, one more than there are
/// buckets at or above the second. The bounds may be in falling order.
/// </summary>
internal static unsafe class WidthBucket
{
    public static Column OfDoubles(in KernelCall call) => Run<double, DoubleBuckets>(call, default);

    public static ScalarKernel OfDecimals(ScalarCallSite site)
    {
        var buckets = new DecimalBuckets(site.Types[0].Scale, site.Types[1].Scale, site.Types[2].Scale);
        return (in KernelCall call) => Run<Int128, DecimalBuckets>(call, buckets);
    }

    private static FixedColumn<int> Run<T, TBuckets>(in KernelCall call, TBuckets buckets)
        where T : unmanaged
        where TBuckets : struct, IBuckets<T>
    {
        T* value = FixedKernels.Start<T>(call, 0, out int valueStep);
        T* low = FixedKernels.Start<T>(call, 1, out int lowStep);
        T* high = FixedKernels.Start<T>(call, 2, out int highStep);
        int* count = FixedKernels.Start<int>(call, 3, out int countStep);
        NativeBuffer memory = KernelMemory.RentValues(call.Rows, sizeof(int), call.Type);
        var target = (int*)memory.Pointer;
        for (int row = 0; row < call.Rows; row++, value += valueStep, low += lowStep, high += highStep, count += countStep)
        {
            string? wrong = *count <= 0 || *count == int.MaxValue ? "the number of buckets has to be positive" : buckets.Check(*value, *low, *high);
            target[row] = wrong is null ? buckets.Find(*value, *low, *high, *count) : 0;
            if (wrong is not null && call.Faults.Wants(row))
            {
                Fault fault = Faults.Domain($"width_bucket: {wrong}.");
                call.Faults.Add(row, fault.Code, fault.Message);
            }
        }

        return new FixedColumn<int>(call.Type, call.Rows, memory);
    }

    private interface IBuckets<T>
    {
        string? Check(T value, T low, T high);

        int Find(T value, T low, T high, int count);
    }

    private readonly struct DoubleBuckets : IBuckets<double>
    {
        public string? Check(double value, double low, double high)
            => double.IsNaN(value) || !double.IsFinite(low) || !double.IsFinite(high) ? "bounds have to be finite, and the value not NaN"
            : low == high ? "the bounds have to differ" : null;

        public int Find(double value, double low, double high, int count)
        {
            if (low < high ? value < low : value > low)
            {
                return 0;
            }

            if (low < high ? value >= high : value <= high)
            {
                return count + 1;
            }

            // Halves, so that the distance of the bounds cannot overflow.
            double part = ((value / 2) - (low / 2)) / ((high / 2) - (low / 2));
            return Math.Min((int)(part * count), count - 1) + 1;
        }
    }

    private readonly struct DecimalBuckets(int valueScale, int lowScale, int highScale) : IBuckets<Int128>
    {
        private readonly int _scale = Math.Max(valueScale, Math.Max(lowScale, highScale));

        public string? Check(Int128 value, Int128 low, Int128 high)
            => Scaled(low, lowScale) == Scaled(high, highScale) ? "the bounds have to differ" : null;

        public int Find(Int128 value, Int128 low, Int128 high, int count)
        {
            (BigInteger v, BigInteger a, BigInteger b) = (Scaled(value, valueScale), Scaled(low, lowScale), Scaled(high, highScale));
            if (a > b)
            {
                (v, a, b) = (-v, -a, -b);
            }

            return v < a ? 0 : v >= b ? count + 1 : (int)((v - a) * count / (b - a)) + 1;
        }

        private BigInteger Scaled(Int128 value, int scale) => value * BigInteger.Pow(10, _scale - scale);
    }
}
