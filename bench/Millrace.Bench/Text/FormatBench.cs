using System.Buffers.Text;
using BenchmarkDotNet.Attributes;
using Millrace.Bench.Kernels;
using Millrace.Columnar;

namespace Millrace.Bench.Text;

/// <summary>What does it cost to write a value as text, against the runtime's own writer?</summary>
public class FormatBench
{
    private readonly FixedColumn<long> _longs = (FixedColumn<long>)SampleColumns.Of(DataType.Int64);
    private readonly FixedColumn<double> _doubles = (FixedColumn<double>)SampleColumns.Of(DataType.Float64);
    private readonly FixedColumn<Int128> _decimals = (FixedColumn<Int128>)SampleColumns.Of(DataType.Decimal(18, 2));
    private readonly byte[] _target = new byte[64];

    [Benchmark(OperationsPerInvoke = SampleTexts.Rows)]
    public int Integer()
    {
        int bytes = 0;
        foreach (long value in _longs.Values)
        {
            bytes += IntegerText.Format(value, _target);
        }

        return bytes;
    }

    [Benchmark(OperationsPerInvoke = SampleTexts.Rows)]
    public int RuntimeInteger()
    {
        int bytes = 0;
        foreach (long value in _longs.Values)
        {
            Utf8Formatter.TryFormat(value, _target, out int written);
            bytes += written;
        }

        return bytes;
    }

    [Benchmark(OperationsPerInvoke = SampleTexts.Rows)]
    public int Double()
    {
        int bytes = 0;
        foreach (double value in _doubles.Values)
        {
            bytes += FloatText.Format(value, _target);
        }

        return bytes;
    }

    [Benchmark(OperationsPerInvoke = SampleTexts.Rows)]
    public int RuntimeDouble()
    {
        int bytes = 0;
        foreach (double value in _doubles.Values)
        {
            Utf8Formatter.TryFormat(value, _target, out int written);
            bytes += written;
        }

        return bytes;
    }

    [Benchmark(OperationsPerInvoke = SampleTexts.Rows)]
    public int Decimal()
    {
        int bytes = 0;
        foreach (Int128 value in _decimals.Values)
        {
            bytes += DecimalText.Format(value, 2, _target);
        }

        return bytes;
    }

    [Benchmark(OperationsPerInvoke = SampleTexts.Rows)]
    public int Timestamp()
    {
        int bytes = 0;
        foreach (long value in _longs.Values)
        {
            bytes += TimestampText.Format(value, TimeUnit.Microsecond, instant: true, _target);
        }

        return bytes;
    }
}
