using BenchmarkDotNet.Attributes;
using Millrace.Columnar;

namespace Millrace.Bench.Kernels;

/// <summary>What does it cost a row to be sorted, against the runtime's sort of the bare values?</summary>
public class SortBench
{
    private readonly Column _ints = SampleColumns.Of(DataType.Int32);
    private readonly Column _longs = SampleColumns.Of(DataType.Int64);
    private readonly Column _texts = SampleColumns.Of(DataType.Utf8);
    private readonly int[] _rows = new int[SampleColumns.Rows];
    private readonly long[] _values = new long[SampleColumns.Rows];

    [Benchmark(Baseline = true, OperationsPerInvoke = SampleColumns.Rows)]
    public void RuntimeSortOfInt64()
    {
        ((FixedColumn<long>)_longs).Values.CopyTo(_values);
        for (int i = 0; i < _rows.Length; i++)
        {
            _rows[i] = i;
        }

        Array.Sort(_values, _rows);
    }

    [Benchmark(OperationsPerInvoke = SampleColumns.Rows)]
    public void Int32() => Sort.Indices([new SortKey(_ints)], _rows);

    [Benchmark(OperationsPerInvoke = SampleColumns.Rows)]
    public void Int64() => Sort.Indices([new SortKey(_longs)], _rows);

    [Benchmark(OperationsPerInvoke = SampleColumns.Rows)]
    public void Text() => Sort.Indices([new SortKey(_texts)], _rows);
}
