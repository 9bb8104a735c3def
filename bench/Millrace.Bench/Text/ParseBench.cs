using System.Buffers.Text;
using BenchmarkDotNet.Attributes;
using Millrace.Columnar;

namespace Millrace.Bench.Text;

/// <summary>What does it cost to read a value from text, against the runtime's own reader?</summary>
public class ParseBench
{
    private readonly BinaryColumn _integers = SampleTexts.Integers();
    private readonly BinaryColumn _doubles = SampleTexts.Doubles();
    private readonly BinaryColumn _prices = SampleTexts.Prices();
    private readonly BinaryColumn _dates = SampleTexts.Dates();
    private readonly BinaryColumn _timestamps = SampleTexts.Timestamps();

    [Benchmark(OperationsPerInvoke = SampleTexts.Rows)]
    public long Integer()
    {
        long sum = 0;
        for (int i = 0; i < SampleTexts.Rows; i++)
        {
            IntegerText.TryParse(_integers[i], out long value);
            sum += value;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = SampleTexts.Rows)]
    public long RuntimeInteger()
    {
        long sum = 0;
        for (int i = 0; i < SampleTexts.Rows; i++)
        {
            Utf8Parser.TryParse(_integers[i], out long value, out _);
            sum += value;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = SampleTexts.Rows)]
    public double Double()
    {
        double sum = 0;
        for (int i = 0; i < SampleTexts.Rows; i++)
        {
            FloatText.TryParse(_doubles[i], out double value);
            sum += value;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = SampleTexts.Rows)]
    public double RuntimeDouble()
    {
        double sum = 0;
        for (int i = 0; i < SampleTexts.Rows; i++)
        {
            Utf8Parser.TryParse(_doubles[i], out double value, out _);
            sum += value;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = SampleTexts.Rows)]
    public Int128 Decimal()
    {
        Int128 sum = 0;
        for (int i = 0; i < SampleTexts.Rows; i++)
        {
            DecimalText.TryParse(_prices[i], 18, 2, out Int128 value);
            sum += value;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = SampleTexts.Rows)]
    public long Date()
    {
        long sum = 0;
        for (int i = 0; i < SampleTexts.Rows; i++)
        {
            DateText.TryParse(_dates[i], out int value);
            sum += value;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = SampleTexts.Rows)]
    public long Timestamp()
    {
        long sum = 0;
        DataType type = DataType.Timestamp();
        for (int i = 0; i < SampleTexts.Rows; i++)
        {
            TimestampText.TryParse(_timestamps[i], type, out long value);
            sum += value;
        }

        return sum;
    }
}
