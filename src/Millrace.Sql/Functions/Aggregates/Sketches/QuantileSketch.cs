using System.Runtime.InteropServices;
using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>
/// A t-digest: neighbouring values are put together into points with a weight, fewer of them to a point near the ends, so that
/// extreme quantiles are almost exact. Exact while there are few values.
/// </summary>
internal sealed class QuantileSketch : ISketch<QuantileSketch>
{
    // Points after putting together are at most about twice this; the buffer holds several times as many.
    private const double Compression = 200;
    private const int BufferSize = 2000;

    private readonly List<Point> _points = [];
    private double _least = double.PositiveInfinity;
    private double _greatest = double.NegativeInfinity;
    private bool _sorted = true;

    public static int TypicalBytes => 16 << 10;

    public static QuantileSketch Create() => new();

    public void Add(double value, double weight = 1)
    {
        _points.Add(new Point(value, weight));
        _least = Math.Min(_least, value);
        _greatest = Math.Max(_greatest, value);
        _sorted = false;
        if (_points.Count >= BufferSize)
        {
            Compress();
        }
    }

    /// <summary>The value below which a fraction of the values lies.</summary>
    public double Quantile(double fraction)
    {
        if (!_sorted)
        {
            _points.Sort();
            _sorted = true;
        }

        double total = _points.Sum(p => p.Weight);
        double rank = fraction * (total - 1);
        double before = 0;
        for (int i = 0; i < _points.Count; i++)
        {
            // A point stands for ranks around its middle.
            double middle = before + ((_points[i].Weight - 1) / 2);
            if (rank <= middle)
            {
                (double leftRank, double left) = i == 0 ? (0, _least) : (before - 1 - ((_points[i - 1].Weight - 1) / 2), _points[i - 1].Value);
                return middle <= leftRank ? _points[i].Value : Between(left, _points[i].Value, (rank - leftRank) / (middle - leftRank));
            }

            before += _points[i].Weight;
        }

        Point last = _points[^1];
        double start = total - 1 - ((last.Weight - 1) / 2);
        return total - 1 <= start ? last.Value : Between(last.Value, _greatest, (rank - start) / (total - 1 - start));
    }

    public void Write(ByteBuffer target)
    {
        Write(target, _least);
        Write(target, _greatest);
        foreach (Point point in _points)
        {
            Write(target, point.Value);
            Write(target, point.Weight);
        }
    }

    public void Merge(ReadOnlySpan<byte> other)
    {
        ReadOnlySpan<double> numbers = MemoryMarshal.Cast<byte, double>(other.ToArray());
        double least = Math.Min(_least, numbers[0]);
        double greatest = Math.Max(_greatest, numbers[1]);
        for (int i = 2; i + 1 < numbers.Length; i += 2)
        {
            Add(numbers[i], numbers[i + 1]);
        }

        _least = least;
        _greatest = greatest;
    }

    private static void Write(ByteBuffer target, double number) => target.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<double>(in number)));

    private static double Between(double low, double high, double share) => low == high ? low : low + (share * (high - low));

    // Points grow as long as they span less than one unit of the scale, which is steep at both ends.
    private void Compress()
    {
        _points.Sort();
        double total = _points.Sum(p => p.Weight);
        int kept = 0;
        double before = 0;
        Point open = _points[0];
        double limit = total * Inverse(Scale(0) + 1);
        for (int i = 1; i < _points.Count; i++)
        {
            Point next = _points[i];
            if (before + open.Weight + next.Weight <= limit)
            {
                double weight = open.Weight + next.Weight;
                open = new Point(Between(open.Value, next.Value, next.Weight / weight), weight);
                continue;
            }

            before += open.Weight;
            _points[kept++] = open;
            limit = total * Inverse(Scale(before / total) + 1);
            open = next;
        }

        _points[kept++] = open;
        _points.RemoveRange(kept, _points.Count - kept);
        _sorted = true;
    }

    private static double Scale(double fraction) => Compression / Math.PI * Math.Asin((2 * Math.Min(fraction, 1)) - 1);

    private static double Inverse(double scale)
        => scale >= Compression / 2 ? 1 : (Math.Sin(scale * Math.PI / Compression) + 1) / 2;

    private readonly record struct Point(double Value, double Weight) : IComparable<Point>
    {
        public int CompareTo(Point other) => Value.CompareTo(other.Value);
    }
}

/// <summary><c>approx_percentile(value, fraction)</c>; NaN is left out.</summary>
internal sealed class QuantileSketchAccumulator(double fraction) : SketchAccumulator<QuantileSketch>(DataType.Float64)
{
    public override void Update(ReadOnlySpan<int> groups, ReadOnlySpan<Vector> arguments, ReadOnlySpan<long> weights)
    {
        using Column column = arguments[0].ToColumn(groups.Length);
        ReadOnlySpan<double> values = ((FixedColumn<double>)column).Values;
        for (int i = 0; i < groups.Length; i++)
        {
            if (!double.IsNaN(values[i]))
            {
                Sketch(groups[i]).Add(values[i]);
            }
        }
    }

    public override Column Results(int start, int count, RowFaults faults)
    {
        using var builder = new FixedBuilder<double>(DataType.Float64, count);
        for (int group = 0; group < count; group++)
        {
            if (Existing(start + group) is { } sketch && Quantiles.Check(fraction, group, faults))
            {
                builder.Append(sketch.Quantile(fraction));
            }
            else
            {
                builder.AppendNull();
            }
        }

        return builder.Build();
    }
}
