using BenchmarkDotNet.Attributes;
using Millrace.Columnar;

namespace Millrace.Bench.Kernels;

/// <summary>What does a hash cost, by type?</summary>
public class HashBench
{
    private readonly Column _ints = SampleColumns.Of(DataType.Int32);
    private readonly Column _longs = SampleColumns.Of(DataType.Int64);
    private readonly Column _decimals = SampleColumns.Of(DataType.Decimal(18, 2));
    private readonly Column _texts = SampleColumns.Of(DataType.Utf8);
    private readonly ulong[] _hashes = new ulong[SampleColumns.Rows];

    [Benchmark(OperationsPerInvoke = SampleColumns.Rows)]
    public void Int32() => Hash.Rows(_ints, _hashes);

    [Benchmark(OperationsPerInvoke = SampleColumns.Rows)]
    public void Int64() => Hash.Rows(_longs, _hashes);

    [Benchmark(OperationsPerInvoke = SampleColumns.Rows)]
    public void Decimal() => Hash.Rows(_decimals, _hashes);

    [Benchmark(OperationsPerInvoke = SampleColumns.Rows)]
    public void Text() => Hash.Rows(_texts, _hashes);
}
