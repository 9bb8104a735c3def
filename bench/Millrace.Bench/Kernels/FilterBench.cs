using BenchmarkDotNet.Attributes;
using Millrace.Columnar;

namespace Millrace.Bench.Kernels;

/// <summary>What does it cost to keep some of the rows, by type and by how many are kept?</summary>
public class FilterBench
{
    private readonly Column _ints = SampleColumns.Of(DataType.Int32);
    private readonly Column _longs = SampleColumns.Of(DataType.Int64);
    private readonly Column _nullLongs = SampleColumns.Of(DataType.Int64, nulls: 0.1);
    private readonly Column _decimals = SampleColumns.Of(DataType.Decimal(18, 2));
    private readonly Column _texts = SampleColumns.Of(DataType.Utf8);
    private BooleanColumn _mask = null!;

    [Params(0.05, 0.5, 0.95)]
    public double Kept { get; set; }

    [GlobalSetup]
    public void Setup() => _mask = SampleColumns.Mask(Kept);

    [Benchmark(OperationsPerInvoke = SampleColumns.Rows)]
    public void Int32() => Filter.Apply(_ints, _mask).Dispose();

    [Benchmark(OperationsPerInvoke = SampleColumns.Rows)]
    public void Int64() => Filter.Apply(_longs, _mask).Dispose();

    [Benchmark(OperationsPerInvoke = SampleColumns.Rows)]
    public void Int64WithNulls() => Filter.Apply(_nullLongs, _mask).Dispose();

    [Benchmark(OperationsPerInvoke = SampleColumns.Rows)]
    public void Decimal() => Filter.Apply(_decimals, _mask).Dispose();

    [Benchmark(OperationsPerInvoke = SampleColumns.Rows)]
    public void Text() => Filter.Apply(_texts, _mask).Dispose();
}
